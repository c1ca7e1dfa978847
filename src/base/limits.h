/* limits.h: every maximum of the project, each with its reason. A buffer or wait that has no line here has none. */
#ifndef SHOUWEN_BASE_LIMITS_H
#define SHOUWEN_BASE_LIMITS_H

/* Message structure. Real mail nests at most 6 deep; GMime itself would follow 1,024 levels. */
#define LIMIT_MIME_DEPTH 30
#define LIMIT_MIME_PARTS 500
#define LIMIT_BOUNDARY_TESTS (4 << 20) /* lines that begin "--" times open multiparts; a long patch has some thousands */
#define LIMIT_HEADER_BYTES (1024 * 1024) /* all headers of one message */
#define LIMIT_NAME_CHARS 200 /* of a file name; file systems take 255 bytes, mailers seldom write 100 characters */
#define LIMIT_MESSAGE_BYTES (G_GUINT64_CONSTANT(200) << 20) /* one message; the largest provider limit seen is 150 MB */

/* Containers: zip bombs are caught by members, total, and ratio together. */
#define LIMIT_ARCHIVE_DEPTH 4
#define LIMIT_ARCHIVE_MEMBERS 2000
#define LIMIT_ARCHIVE_ENTRIES 10000 /* with folders, links and what archivers add: a Mac doubles every file */
#define LIMIT_EXPANDED_BYTES (G_GUINT64_CONSTANT(256) << 20) /* per top-level part */
#define LIMIT_EXPANDED_RATIO 200                              /* of expanded to packed, above 1 MB expanded */

/* Documents. */
#define LIMIT_PAGES 200          /* pages of one PDF that are read */
#define LIMIT_CELLS 20000        /* table cells of one document; a registration list has some thousands */
#define LIMIT_SHEET_CELLS 200000 /* cells of one sheet that are looked at: most of them are formatted and empty */
#define LIMIT_ELEMENTS 300000    /* elements of one document's XHTML; a report of 200 pages has some 20,000 */
#define LIMIT_PIXELS (80 * 1000 * 1000) /* of one picture: A3 at 600 dpi is 70 million */
#define LIMIT_PICTURES 60        /* pictures of one document looked at for a seal; a form has some, a report dozens */
#define LIMIT_TASK_BYTES (LIMIT_PIXELS + 4096) /* one page handed to a helper process: a byte a pixel */
#define LIMIT_XML_DEPTH 200      /* element nesting: Word nests about 40 */
#define LIMIT_HTML_DEPTH 1000    /* element nesting in HTML: webmail wraps every reply in more font and span tags */
#define LIMIT_TEXT_BYTES (4 << 20) /* text of one document that is kept */
#define LIMIT_WORD_STEPS (50 << 20) /* properties looked at in one .doc: a report of 200 pages has some 100,000 */
#define LIMIT_EXCEL_STRINGS (1 << 20) /* shared strings of one .xls, and its sheets: 65,536 rows of sixteen */
#define LIMIT_VALUE_CHARS 20000  /* one field's value */

#define LIMIT_INDEX_BYTES (1 << 20) /* of one document that are searched: 350,000 Chinese characters are a book of 500 pages */

/* The door. */
#define LIMIT_RECORD_BYTES (16 << 20) /* everything a child may answer for one message */
#define LIMIT_LINE_BYTES (8 << 20)    /* one JSON line of it */
#define LIMIT_REQUEST_BYTES (64 << 10) /* one request to a server */
#define LIMIT_JSON_DEPTH 12
#define LIMIT_JSON_VALUES 200000       /* strings, numbers, lists of one line: 5,000 comments of a ballot have 40,000 */
#define LIMIT_ID_BYTES 1000            /* a Message-ID or address: a line of RFC 5322 has 998 */
#define LIMIT_TITLE_BYTES (16 << 10)   /* a subject, a name, a sentence of a finding */
#define LIMIT_PATH_BYTES 4096          /* a document's path: nested archives add their members' names */
#define LIMIT_REFERENCES 200           /* Message-IDs of References: the latest ones */
#define LIMIT_RECIPIENTS 200           /* of a bounce */
#define LIMIT_FIELDS 200               /* of a document: the largest kind has 30 */
#define LIMIT_FINDINGS 500             /* of a document, or of a message */
#define LIMIT_ROWS 5000                /* of a field: the longest list of comments seen has 1,900 */
#define LIMIT_SIGNATURES 100           /* of a document, and places to sign: a contract of many parties has ten */
#define LIMIT_EXPLAIN 5000             /* lines of --explain of a document */
#define LIMIT_WAITING_SCANS 32        /* messages that may wait for the recognition of scans while others pass them */
#define LIMIT_INDEX_BYTES (1 << 20)    /* text of one document in a record, for search: a report of 200 pages has 400 KB */
#define LIMIT_INDEX_TOTAL (8 << 20)    /* of all documents of a message together */
#define LIMIT_VIEW_BYTES (8 << 20)     /* a document as HTML: its text and the tags around it */
#define LIMIT_RENDER_PIXELS (16 * 1000 * 1000) /* a page as a picture: A3 at 200 dpi has 8 million */
#define LIMIT_RENDER_BYTES (32 << 20)  /* its PNG: two bytes a pixel; a photograph takes about that */
#define LIMIT_CALENDAR_ITEMS 2000      /* events and tasks of one iCalendar file; a country's holidays of 20 years are 500 */
#define LIMIT_CALENDAR_BYTES (4 << 20) /* of such a file, without what is left out; and of its answer, two times that */
#define LIMIT_CALENDAR_LINES 400       /* of one event: an invitation has one for each attendee */
#define LIMIT_RECURRENCES 400          /* of one event: daily for a year */
#define LIMIT_CALENDAR_STARTS 100000   /* of all events of a file: 2 MB */
#define LIMIT_TABLE_ROWS 100000        /* of one table that is imported: a registry of experts has some thousands */
#define LIMIT_TABLE_CELLS 500000       /* of it */
#define LIMIT_TABLE_BYTES (16 << 20)   /* of it as JSON */
#define LIMIT_SKIPS 8                 /* documents skipped after a child's death before the message is given up */
#define LIMIT_STDERR_BYTES (16 << 10)
#define LIMIT_CHILD_MEMORY (G_GUINT64_CONSTANT(768) << 20) /* RLIMIT_AS of a child */
#define LIMIT_CHILD_FILES 64           /* descriptors of a child: its three streams, message, pipe, poppler's files */
#define LIMIT_MESSAGE_SECONDS 60      /* a message's deadline in the filter (setting filter.deadline) */
#define LIMIT_SCAN_SECONDS 180        /* of one with scans (setting filter.scan_deadline): a page takes about a second */

/* Mail servers. */
#define LIMIT_ANSWER_BYTES (1 << 20)     /* the answer to a command that asks for no mail */
#define LIMIT_REPLY_BYTES (64 << 10)     /* a reply of an SMTP server; EHLO's has under 1 KB */
#define LIMIT_SEARCH_BYTES (8 << 20)     /* an answer to SEARCH: about a million UIDs */
#define LIMIT_LISTING_BYTES (32 << 20)   /* UIDs with size and date: about 400,000 */
#define LIMIT_SLOWEST_BYTES 4096         /* a second: a server that sends slower is given up */
#define LIMIT_FETCH_COUNT 500            /* messages a FETCH command asks for: measured, more gains nothing */
#define LIMIT_FETCH_WHOLE (1 << 20)      /* a message up to this is held in memory, a larger one streamed alone */
#define LIMIT_FETCH_MEMORY (G_GUINT64_CONSTANT(256) << 20) /* of a fetch stage: a million UIDs take 100 MB */
#define LIMIT_TOKEN_BYTES 16384          /* an OAuth 2 token; the largest seen has 3 KB */

/* Search. */
#define LIMIT_QUERY_PHRASES 32 /* words and phrases of one question; people write three */
#define LIMIT_QUERY_WORDS 64   /* words or pairs of characters in one phrase of it: a title has 40 characters */
#define LIMIT_SNIPPET_CHARS 120
#define LIMIT_SNIPPET_RANGES 16

/* Letters. A mail may hold thousands of documents (archives); its letter stays one that a person reads. */
#define LIMIT_LETTER_DOCUMENTS 100 /* named one by one; attachments are all listed with their hashes */
#define LIMIT_LETTER_FINDINGS 200
#define LIMIT_LETTER_LINES 2000       /* of a letter that a person wrote; and of one line */
#define LIMIT_LETTER_LINE_CHARS 4000
#define LIMIT_LETTER_LINES_LISTED 40 /* of one list of a digest */
#define LIMIT_TEMPLATE_BYTES (256 << 10) /* one template; the longest of ours has 5 KB */
#define LIMIT_TEMPLATE_DEPTH 4 /* of files that include others */
#define LIMIT_LETTER_REFERENCES 12 /* Message-IDs in References: the first and the latest, as RFC 5322 lets be */

#endif

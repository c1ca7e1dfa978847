/* settings.h: the one table of settings. The sample file, the questions of `shouwen init`, what `shouwen check` says and the
 * table of shouwen.conf(5) come from it; everybody else reads values by conf.h. */
#ifndef SHOUWEN_CONF_SETTINGS_H
#define SHOUWEN_CONF_SETTINGS_H

#include <glib.h>

typedef enum {
    SETTING_TEXT,
    SETTING_PATH,      /* relative ones count from the config file's folder */
    SETTING_INT,       /* in the range `allowed`, as are the next two */
    SETTING_SIZE,      /* bytes; K, M, G */
    SETTING_TIME,      /* seconds; s, m, h, d */
    SETTING_BOOL,      /* true or false */
    SETTING_CHOICE,    /* one of `allowed` */
    SETTING_ACTION,    /* keep, flag, keyword:NAME, move:FOLDER */
    SETTING_DATE,      /* YYYY-MM-DD */
    SETTING_ZONE,      /* an Olson name */
    SETTING_LIST,      /* ';' between the parts */
    SETTING_ADDRESSES, /* a list of mail addresses */
    SETTING_DAYS,      /* a list of numbers of days */
    SETTING_HOURS,     /* HH:MM-HH:MM, as setting_hours takes it apart */
    SETTING_HOUR,      /* HH:MM, a number of minutes */
    SETTING_YEARDAY,   /* MM-DD, or empty */
} SettingType;

typedef struct {
    const char *group; /* "mailbox" stands for every [mailbox NAME] */
    const char *key;
    SettingType type;
    const char *fallback; /* as it would be written in the file; NULL: required */
    const char *allowed;  /* a choice: "a|b|c"; a number: "1..9", written as in the file; NULL: any */
    const char *help;     /* one line */
} Setting;

/* Ends with a NULL group. */
extern const Setting settings[];

/* The row of GROUP ("mailbox NAME" too) and KEY, or NULL. */
const Setting *setting_find(const char *group, const char *key);

/* What a value of SETTING may be, for messages: "a number of bytes such as 512M". Static or interned. */
const char *setting_allowed(const Setting *setting);

/* "09:00-17:00" as minutes from midnight. FALSE when VALUE is no such span. */
gboolean setting_hours(const char *value, int *ret_from, int *ret_to);

/* Whether VALUE fits; *RET_NUMBER for the types that are numbers. */
gboolean setting_fits(const Setting *setting, const char *value, gint64 *ret_number);

#endif

/* sample.h: texts made from the settings table. */
#ifndef SHOUWEN_CMD_SAMPLE_H
#define SHOUWEN_CMD_SAMPLE_H

/* config/shouwen.conf: every setting, commented out with its default. Caller frees. */
char *sample_conf(void);

/* The mdoc list of settings that stands in shouwen.conf(5). Caller frees. */
char *sample_man_table(void);

#endif

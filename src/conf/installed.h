/* installed.h: where the files of the installation lie, found from our own program's place: beside it in a build tree
 * (build/filters, build/config, build/web), else under ../share/shouwen. */
#ifndef SHOUWEN_CONF_INSTALLED_H
#define SHOUWEN_CONF_INSTALLED_H

#include <glib.h>

char *installed_filters(void);   /* the folder that holds kinds/; caller frees */
char *installed_templates(void); /* the folder of the letters */
char *installed_web(void);       /* the desk's pages */

#endif

/* version.h: the project's name and version as mail servers, letters and --version see them. */
#ifndef SHOUWEN_BASE_VERSION_H
#define SHOUWEN_BASE_VERSION_H

#define SHOUWEN_NAME "shouwen"
#define SHOUWEN_VERSION "0.1.0"

#endif

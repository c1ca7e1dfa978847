#include <cairo-ft.h>
#include <fontconfig/fontconfig.h>

#include "answers/answers.h"
#include "answers/render.h"

static cairo_font_face_t *face;

/* The whole file is mapped before the jail, in which no font can be opened. A machine without fonts serves all the same. */
void answers_render_warm(void)
{
    FcResult result;
    FcChar8 *file = NULL;
    int index = 0;
    FT_Library library;
    FT_Face loaded;
    FcPattern *wanted = FcNameParse((const FcChar8 *)"sans:lang=zh-cn:scalable=true");
    FcConfigSubstitute(NULL, wanted, FcMatchPattern);
    FcDefaultSubstitute(wanted);
    FcPattern *found = FcFontMatch(NULL, wanted, &result);
    GMappedFile *map = NULL; /* stays mapped as long as the process */
    if (found && FcPatternGetString(found, FC_FILE, 0, &file) == FcResultMatch) {
        FcPatternGetInteger(found, FC_INDEX, 0, &index);
        map = g_mapped_file_new((const char *)file, FALSE, NULL);
    }
    if (map && FT_Init_FreeType(&library) == 0 &&
        FT_New_Memory_Face(library, (const FT_Byte *)g_mapped_file_get_contents(map), (FT_Long)g_mapped_file_get_length(map), index,
                           &loaded) == 0 &&
        FT_Get_Char_Index(loaded, 0x6536) != 0)
        face = cairo_ft_font_face_create_for_ft_face(loaded, 0);
    if (found)
        FcPatternDestroy(found);
    FcPatternDestroy(wanted);
}

cairo_font_face_t *render_font(void)
{
    return face;
}

#include <string.h>

#include "readers/blocks.h"

void blocks_hoist(xmlNode *para)
{
    xmlNode *after = para;
    for (xmlNode *child = para->children, *next = NULL; child; child = next) {
        next = child->next;
        if (child->type != XML_ELEMENT_NODE || strcmp((const char *)child->name, "br") == 0 ||
            strcmp((const char *)child->name, "input") == 0)
            continue;
        xmlUnlinkNode(child);
        after = xmlAddNextSibling(after, child);
    }
    if (!para->children) {
        xmlUnlinkNode(para);
        xmlFreeNode(para);
    }
}

void blocks_drop_repeated(xmlNode *parent, xmlNode *before, GHashTable *seen)
{
    g_autoptr(GString) text = g_string_new(NULL);
    xmlNode *first = before ? before->next : parent->children;
    for (xmlNode *node = first; node; node = node->next) {
        xmlChar *content = xmlNodeGetContent(node);
        g_string_append(text, content ? (const char *)content : "");
        g_string_append_c(text, '\n');
        xmlFree(content);
    }
    if (g_hash_table_add(seen, g_strdup(text->str)))
        return;
    for (xmlNode *node = first, *next = NULL; node; node = next) {
        next = node->next;
        xmlUnlinkNode(node);
        xmlFreeNode(node);
    }
}

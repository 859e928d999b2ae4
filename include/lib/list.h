/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Doubly linked lists whose links are members of the listed objects.
 *
 * A list is a ring through its head, which is no object itself; an empty list's head points to
 * itself.
 *
 *	head <-> first <-> second <-> ... <-> last <-> head
 *
 * Linux: include/linux/list.h, v2.6.34; the same names and order of entries, no prefetching.
 */
#ifndef LIB_LIST_H
#define LIB_LIST_H

#include <lib/kernel.h>

/* What a removed entry's links hold: addresses that fault when followed, and are seen in a dump. */
#define LIST_POISON1	((void *)0x00100100)
#define LIST_POISON2	((void *)0x00200200)

struct list_head {
	struct list_head *next, *prev;
};

#define LIST_HEAD_INIT(name)	{ &(name), &(name) }
#define LIST_HEAD(name)		struct list_head name = LIST_HEAD_INIT(name)

static inline void INIT_LIST_HEAD(struct list_head *list)
{
	list->next = list;
	list->prev = list;
}

/* Put entry between two neighbours. */
static inline void __list_add(struct list_head *entry, struct list_head *prev,
			      struct list_head *next)
{
	next->prev = entry;
	entry->next = next;
	entry->prev = prev;
	prev->next = entry;
}

/* Put entry at the list's beginning. */
static inline void list_add(struct list_head *entry, struct list_head *head)
{
	__list_add(entry, head, head->next);
}

/* Put entry at the list's end. */
static inline void list_add_tail(struct list_head *entry, struct list_head *head)
{
	__list_add(entry, head->prev, head);
}

/* Make two entries neighbours; what was between them is no longer in the list. */
static inline void __list_del(struct list_head *prev, struct list_head *next)
{
	next->prev = prev;
	prev->next = next;
}

/* Take entry out of its list. Its links are poisoned: list_empty() on it is not true. */
static inline void list_del(struct list_head *entry)
{
	__list_del(entry->prev, entry->next);
	entry->next = LIST_POISON1;
	entry->prev = LIST_POISON2;
}

/* Take entry out of its list and leave it as an empty list. */
static inline void list_del_init(struct list_head *entry)
{
	__list_del(entry->prev, entry->next);
	INIT_LIST_HEAD(entry);
}

/* Take entry out of its list and put it at the beginning of another. */
static inline void list_move(struct list_head *entry, struct list_head *head)
{
	__list_del(entry->prev, entry->next);
	list_add(entry, head);
}

/* Take entry out of its list and put it at the end of another. */
static inline void list_move_tail(struct list_head *entry, struct list_head *head)
{
	__list_del(entry->prev, entry->next);
	list_add_tail(entry, head);
}

static inline bool list_empty(const struct list_head *head)
{
	return head->next == head;
}

/* How many entries a list has. */
static inline unsigned long list_length(const struct list_head *head)
{
	const struct list_head *pos;
	unsigned long n = 0;

	for (pos = head->next; pos != head; pos = pos->next)
		n++;
	return n;
}

/*
 * Put all entries of list, in their order, at the beginning of head; list must be set up anew
 * after.
 */
static inline void list_splice(const struct list_head *list, struct list_head *head)
{
	if (list_empty(list))
		return;
	/* The last entry meets what was first in head, and head meets the first entry. */
	__list_del(list->prev, head->next);
	__list_del(head, list->next);
}

#define list_entry(ptr, type, member)		container_of(ptr, type, member)
#define list_first_entry(head, type, member)	list_entry((head)->next, type, member)

#define list_for_each(pos, head) \
	for (pos = (head)->next; pos != (head); pos = pos->next)

#define list_for_each_entry(pos, head, member)				\
	for (pos = list_entry((head)->next, __typeof__(*pos), member);	\
	     &pos->member != (head);					\
	     pos = list_entry(pos->member.next, __typeof__(*pos), member))

#define list_for_each_entry_reverse(pos, head, member)			\
	for (pos = list_entry((head)->prev, __typeof__(*pos), member);	\
	     &pos->member != (head);					\
	     pos = list_entry(pos->member.prev, __typeof__(*pos), member))

/* n holds the next entry: pos may be taken out of the list in the body. */
#define list_for_each_entry_safe(pos, n, head, member)			\
	for (pos = list_entry((head)->next, __typeof__(*pos), member),	\
	     n = list_entry(pos->member.next, __typeof__(*pos), member);	\
	     &pos->member != (head);					\
	     pos = n, n = list_entry(n->member.next, __typeof__(*n), member))

/* A hash table is an array of these: heads of one pointer. Nothing is ever put into one here. */
struct hlist_head {
	struct hlist_node *first;
};

#define INIT_HLIST_HEAD(ptr)	((ptr)->first = NULL)

#endif /* LIB_LIST_H */

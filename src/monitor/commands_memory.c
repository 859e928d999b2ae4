// SPDX-License-Identifier: GPL-2.0-only
/*
 * Commands that use the memory manager. What they get from it is kept in a table until
 * it is given back, and nothing else can be given back: a wrong number leads to a
 * message, not to a crash.
 *
 *	alloc, free		pages, known by their first page frame
 *	kmap, kunmap		a page with a window, once for each kmap
 *	kmap_atomic		a window for as long as the command runs
 *	vmalloc, vfree		an area, by its address
 *	kmalloc, kfree		an object, by its address
 */
#include <asm/fixmap.h>
#include <asm/page.h>
#include <asm/pgtable.h>
#include <lib/kernel.h>
#include <lib/string.h>
#include <mm/gfp.h>
#include <mm/highmem.h>
#include <mm/mmzone.h>
#include <mm/page_alloc.h>
#include <mm/slab.h>
#include <mm/vmalloc.h>
#include <monitor/command.h>
#include <monitor/tale.h>

/* More than pkmap has windows, so that all of them can be seen in use. */
#define MAX_PIECES	(LAST_PKMAP + 64)

enum piece_kind { PIECE_NONE, PIECE_PAGES, PIECE_KMAP, PIECE_VMALLOC, PIECE_KMALLOC };

struct piece {
	enum piece_kind kind;
	unsigned long key;	/* a page frame number, or an address */
	unsigned long size;	/* PIECE_PAGES: in pages, else in bytes */
};

static struct piece pieces[MAX_PIECES];

/* A free place in the table, or NULL after a message. */
static struct piece *new_piece(struct seq_file *m)
{
	unsigned int i;

	for (i = 0; i < MAX_PIECES; i++)
		if (pieces[i].kind == PIECE_NONE)
			return &pieces[i];
	seq_printf(m, "%u pieces are the most that can be held: give one back, owned lists them\n",
		   (unsigned int)MAX_PIECES);
	return NULL;
}

static void fill_piece(struct piece *p, enum piece_kind kind, unsigned long key, unsigned long size)
{
	p->kind = kind;
	p->key = key;
	p->size = size;
}

static struct piece *find_piece(enum piece_kind kind, unsigned long key)
{
	unsigned int i;

	for (i = 0; i < MAX_PIECES; i++)
		if (pieces[i].kind == kind && pieces[i].key == key)
			return &pieces[i];
	return NULL;
}

/**
 * nr_pieces - how many pieces have not been given back?
 *
 * Return: their number.
 */
unsigned int nr_pieces(void)
{
	unsigned int i, n = 0;

	for (i = 0; i < MAX_PIECES; i++)
		n += pieces[i].kind != PIECE_NONE;
	return n;
}

/* Does a physical address lie in a piece? kmap's pieces are somebody else's pages. */
static bool is_in_piece(const struct piece *p, u64 phys)
{
	const char *addr;

	switch (p->kind) {
	case PIECE_PAGES:
		return phys - PFN_PHYS(p->key) < (u64)p->size << PAGE_SHIFT;
	case PIECE_KMALLOC:
		return phys - __pa(p->key) < p->size;
	case PIECE_VMALLOC:
		for (addr = (char *)p->key; addr < (char *)p->key + p->size; addr += PAGE_SIZE)
			if (page_to_pfn(vmalloc_to_page(addr)) == phys >> PAGE_SHIFT)
				return true;
		return false;
	default:
		return false;
	}
}

/**
 * piece_has - was a physical address handed out by one of these commands?
 * @phys: physical address, any
 *
 * Return: whether it was, and has not been given back.
 */
bool piece_has(u64 phys)
{
	unsigned int i;

	for (i = 0; i < MAX_PIECES; i++)
		if (is_in_piece(&pieces[i], phys))
			return true;
	return false;
}

/**
 * piece_of_pages - which block of alloc's does a page frame lie in?
 * @pfn: page frame number, any
 * @first_pfn: set to the block's first page frame
 * @nr_pages: set to its size in pages
 *
 * Return: false, and nothing is set, if it lies in none.
 */
bool piece_of_pages(unsigned long pfn, unsigned long *first_pfn, unsigned long *nr_pages)
{
	const struct piece *p;

	for (p = pieces; p < pieces + MAX_PIECES; p++) {
		if (p->kind != PIECE_PAGES || pfn - p->key >= p->size)
			continue;
		*first_pfn = p->key;
		*nr_pages = p->size;
		return true;
	}
	return false;
}

/* Has one of these pages a window that kmap made and kunmap did not undo? */
static bool any_kmapped(unsigned long pfn, unsigned long nr_pages)
{
	unsigned int i;

	for (i = 0; i < MAX_PIECES; i++)
		if (pieces[i].kind == PIECE_KMAP && pieces[i].key - pfn < nr_pages)
			return true;
	return false;
}

static void show_owned(struct seq_file *m)
{
	const struct piece *p;

	for (p = pieces; p < pieces + MAX_PIECES; p++) {
		if (p->kind == PIECE_PAGES)
			seq_printf(m, "alloc    %lu, %lu page(s)\n", p->key, p->size);
		else if (p->kind == PIECE_KMAP)
			seq_printf(m, "kmap     %lu\n", p->key);
		else if (p->kind == PIECE_VMALLOC)
			seq_printf(m, "vmalloc  0x%lx, %lu bytes\n", p->key, p->size);
		else if (p->kind == PIECE_KMALLOC)
			seq_printf(m, "kmalloc  0x%lx, %lu bytes\n", p->key, p->size);
	}
}

static const struct {
	const char *name;
	gfp_t flags;
} gfp_names[] = {
	{ "kernel", GFP_KERNEL }, { "atomic", GFP_ATOMIC }, { "dma", GFP_KERNEL | __GFP_DMA },
	{ "user", GFP_USER }, { "highuser", GFP_HIGHUSER }, { "movable", GFP_HIGHUSER_MOVABLE },
	{ "highzero", GFP_HIGHUSER | __GFP_ZERO },
	{ "reclaimable", GFP_KERNEL | __GFP_RECLAIMABLE }, { "zero", GFP_KERNEL | __GFP_ZERO },
	{ "cold", GFP_KERNEL | __GFP_COLD }, { "comp", GFP_KERNEL | __GFP_COMP },
};

#define LOW_GFP_NAMES	"kernel, atomic, dma, user, reclaimable, zero or cold"
#define GFP_NAMES	"highuser, highzero, movable, comp, " LOW_GFP_NAMES

static bool parse_gfp(const char *s, gfp_t *flags)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(gfp_names); i++) {
		if (!strcmp(s, gfp_names[i].name)) {
			*flags = gfp_names[i].flags;
			return true;
		}
	}
	return false;
}

/* The second argument of alloc and of kmalloc. */
static const char *gfp_word(unsigned int arg, unsigned int i)
{
	return arg == 1 && i < ARRAY_SIZE(gfp_names) ? gfp_names[i].name : NULL;
}

/* Of alloc also the third: that comes after -v. */
static const char *alloc_word(unsigned int arg, unsigned int i)
{
	return gfp_word(arg == 2 ? 1 : arg, i);
}

static bool run_alloc(struct seq_file *m, int argc, char *argv[])
{
	bool told = argc && !strcmp(argv[0], "-v");
	unsigned long order = 0, pfn;
	gfp_t gfp = GFP_KERNEL;
	struct page *page;
	struct piece *p;

	argc -= told;
	argv += told;
	if (argc > 2 || (argc && !parse_ulong(argv[0], &order)) || order >= MAX_ORDER ||
	    (argc == 2 && !parse_gfp(argv[1], &gfp)))
		return false;
	p = new_piece(m);
	if (!p)
		return true;
	if (told)
		tale_before(m, gfp, order);
	page = alloc_pages(gfp, order);
	if (told)
		tale_after(m, page, order);
	if (!page) {
		seq_printf(m, "alloc: no block of order %lu\n", order);
		return true;
	}
	pfn = page_to_pfn(page);
	fill_piece(p, PIECE_PAGES, pfn, 1UL << order);
	seq_printf(m, "page frame %lu, order %lu, zone %s%s", pfn, order, zone_prefix(page_zone(page)),
		   page_zone(page)->name);
	if (PageHighMem(page))
		seq_puts(m, "\n");
	else
		seq_printf(m, ", at %p\n", page_address(page));
	return true;
}

static bool run_free(struct seq_file *m, int argc, char *argv[])
{
	unsigned long pfn;
	struct piece *p;

	if (argc != 1 || !parse_ulong(argv[0], &pfn))
		return false;
	p = find_piece(PIECE_PAGES, pfn);
	if (!p) {
		seq_printf(m, "free: %lu does not come from alloc\n", pfn);
		return true;
	}
	if (any_kmapped(pfn, p->size)) {
		seq_puts(m, "free: a page of it is mapped, kunmap it first\n");
		return true;
	}
	__free_pages(pfn_to_page(pfn), get_order(p->size << PAGE_SHIFT));
	seq_printf(m, "page frame %lu, %lu page(s): freed\n", pfn, p->size);
	p->kind = PIECE_NONE;
	return true;
}

/* pkmap as it was before a command. */
static struct {
	int count;
	pteval_t pte;
} pkmap_before[LAST_PKMAP];

static void note_pkmap(void)
{
	unsigned int nr;

	for (nr = 0; nr < LAST_PKMAP; nr++) {
		pkmap_before[nr].count = pkmap_count[nr];
		pkmap_before[nr].pte = pte_val(pkmap_page_table[nr]);
	}
}

static void show_slot(struct seq_file *m, unsigned long va)
{
	unsigned int nr = PKMAP_NR(va);

	seq_printf(m, "slot %u at %08lx\n", nr, va);
	seq_printf(m, "  before: counter %d, pte %016llx\n", pkmap_before[nr].count,
		   pkmap_before[nr].pte);
	seq_printf(m, "  after:  counter %d, pte %016llx\n", pkmap_count[nr],
		   pte_val(pkmap_page_table[nr]));
}

static void show_window(struct seq_file *m, const struct page *page, unsigned long va)
{
	if (PageHighMem(page))
		show_slot(m, va);
	else
		seq_printf(m, "low memory: no slot, at %08lx for good\n", va);
}

static bool run_kmap(struct seq_file *m, int argc, char *argv[])
{
	unsigned long pfn, va;
	struct page *page;
	struct piece *p;

	if (argc != 1 || !parse_ulong(argv[0], &pfn))
		return false;
	page = ram_page(m, pfn);
	p = page ? new_piece(m) : NULL;
	if (!p)
		return true;
	note_pkmap();
	va = (unsigned long)kmap(page);
	if (!va)
		return true;
	fill_piece(p, PIECE_KMAP, pfn, PAGE_SIZE);
	show_window(m, page, va);
	return true;
}

static bool run_kunmap(struct seq_file *m, int argc, char *argv[])
{
	unsigned long pfn, va;
	struct page *page;
	struct piece *p;

	if (argc != 1 || !parse_ulong(argv[0], &pfn))
		return false;
	p = find_piece(PIECE_KMAP, pfn);
	if (!p) {
		seq_printf(m, "kunmap: %lu was not mapped by kmap\n", pfn);
		return true;
	}
	page = pfn_to_page(pfn);
	va = (unsigned long)page_address(page);
	note_pkmap();
	kunmap(page);
	p->kind = PIECE_NONE;
	show_window(m, page, va);
	return true;
}

static bool run_kmap_atomic(struct seq_file *m, int argc, char *argv[])
{
	unsigned long pfn, type = KM_USER0;
	pteval_t before, during;
	struct page *page;
	const pte_t *pte;
	void *va;

	if (argc < 1 || argc > 2 || !parse_ulong(argv[0], &pfn) ||
	    (argc == 2 && !parse_ulong(argv[1], &type)) || type >= KM_TYPE_NR)
		return false;
	page = ram_page(m, pfn);
	if (!page)
		return true;
	pte = kmap_pte - type;
	before = pte_val(*pte);
	va = kmap_atomic(page, type);
	if (!va)
		return true;
	during = pte_val(*pte);
	kunmap_atomic(va, type);
	if (!PageHighMem(page)) {
		seq_printf(m, "low memory: no slot, at %p for good\n", va);
		return true;
	}
	seq_printf(m, "slot %lu, fixed page %lu at %p, no counter\n", type, FIX_KMAP_BEGIN + type, va);
	seq_printf(m, "  before: pte %016llx\n  during: pte %016llx\n  after:  pte %016llx\n", before,
		   during, pte_val(*pte));
	return true;
}

static bool run_vmalloc(struct seq_file *m, int argc, char *argv[])
{
	unsigned long size;
	struct piece *p;
	void *addr;

	if (argc != 1 || !parse_ulong(argv[0], &size) || !size)
		return false;
	p = new_piece(m);
	if (!p)
		return true;
	addr = vmalloc(size);
	if (!addr) {
		seq_printf(m, "vmalloc: no %lu bytes\n", size);
		return true;
	}
	fill_piece(p, PIECE_VMALLOC, (unsigned long)addr, size);
	seq_printf(m, "0x%p, %lu page(s), the first is page frame %lu\n", addr,
		   PAGE_ALIGN(size) >> PAGE_SHIFT, page_to_pfn(vmalloc_to_page(addr)));
	return true;
}

static bool run_kmalloc(struct seq_file *m, int argc, char *argv[])
{
	gfp_t gfp = GFP_KERNEL;
	unsigned long size;
	struct piece *p;
	void *addr;

	if (argc < 1 || argc > 2 || !parse_ulong(argv[0], &size) || !size ||
	    (argc == 2 && (!parse_gfp(argv[1], &gfp) || (gfp & (__GFP_HIGHMEM | __GFP_COMP)))))
		return false;
	p = new_piece(m);
	if (!p)
		return true;
	addr = kmalloc(size, gfp);
	if (!addr) {
		seq_printf(m, "kmalloc: no %lu bytes\n", size);
		return true;
	}
	fill_piece(p, PIECE_KMALLOC, (unsigned long)addr, size);
	seq_printf(m, "0x%p, an object of %zu bytes\n", addr, ksize(addr));
	return true;
}

/* Gives back a piece of this kind, by its address. from and to are the commands' names. */
static bool give_back(struct seq_file *m, int argc, char *argv[], enum piece_kind kind,
		      const char *from, const char *to, void (*release)(const void *addr))
{
	unsigned long addr;
	struct piece *p;

	if (argc != 1 || !parse_ulong(argv[0], &addr))
		return false;
	p = find_piece(kind, addr);
	if (!p) {
		seq_printf(m, "%s: 0x%lx does not come from %s\n", to, addr, from);
		return true;
	}
	release((void *)addr);
	seq_printf(m, "0x%lx, %lu bytes: freed\n", addr, p->size);
	p->kind = PIECE_NONE;
	return true;
}

static bool run_vfree(struct seq_file *m, int argc, char *argv[])
{
	return give_back(m, argc, argv, PIECE_VMALLOC, "vmalloc", "vfree", vfree);
}

static bool run_kfree(struct seq_file *m, int argc, char *argv[])
{
	return give_back(m, argc, argv, PIECE_KMALLOC, "kmalloc", "kfree", kfree);
}

const struct command memory_commands[] = {
	{ "alloc", "[-v] [ORDER [GFP]]", "allocate 2^ORDER pages; -v tells how",
	  "ORDER is 0 to 10, GFP is " GFP_NAMES, .run = run_alloc, .word = alloc_word },
	{ "free", "PFN", "give back what alloc gave", .run = run_free },
	{ "kmap", "PFN", "map a page; its slot, PTE and counter", .run = run_kmap },
	{ "kunmap", "PFN", "undo a kmap; the same", .run = run_kunmap },
	{ "kmap_atomic", "PFN [SLOT]", "map a page in an atomic slot, and unmap it", "SLOT is 0 to 18",
	  .run = run_kmap_atomic },
	{ "vmalloc", "BYTES", "allocate memory in the vmalloc area", .run = run_vmalloc },
	{ "vfree", "VIRT", "give back what vmalloc gave", .run = run_vfree },
	{ "kmalloc", "BYTES [GFP]", "allocate memory from the slab", "GFP is " LOW_GFP_NAMES,
	  .run = run_kmalloc, .word = gfp_word },
	{ "kfree", "VIRT", "give back what kmalloc gave", .run = run_kfree },
	{ "owned", NULL, "what these commands have not given back", .show = show_owned },
	{ .name = NULL }
};

/* as.h - all that the tools share: the line grammar, numbers, times, streams,
 * settings, the decision engine and HTTP; one section for each .c file */
#ifndef AS_H
#define AS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

enum {
	AS_LINE_MAX = 65536, /* bytes in a line, LF included */
	AS_KEY_MAX = 64,     /* bytes in a KEY */
	AS_COUNT_MAX = 2147483647,
	AS_UNKNOWN = -1, /* a COUNT of "-" */
	AS_METRICS = 16, /* metrics in one policy */
	AS_RATES = 8     /* rate limits in one direction */
};

/* Bytes that belong to somebody else; not terminated. */
struct as_text {
	const char *at;
	size_t len;
};

/* Buffers that lines are cut from and put into, and tables of names, have
 * AS_SLACK bytes of room behind what they hold: short texts are compared and
 * copied in whole words there, without a loop or a call. */
enum { AS_SHORT = 16, AS_SLACK = 32 };

/* The first 8 bytes of len <= 8 at `at`, those behind it 0. */
static inline uint64_t
as_word(const char *at, size_t len)
{
	static const unsigned char ones[16] = {
	    255, 255, 255, 255, 255, 255, 255, 255};
	uint64_t word, mask;

	memcpy(&word, at, sizeof(word));
	memcpy(&mask, ones + 8 - len, sizeof(mask));
	return word & mask;
}

/* Whether len bytes at a and b are the same; both have slack. */
static inline bool
as_same(const char *a, const char *b, size_t len)
{
	for (; len > 8; a += 8, b += 8, len -= 8)
		if (as_word(a, 8) != as_word(b, 8))
			return false;
	return as_word(a, len) == as_word(b, len);
}

static inline struct as_text
as_text(const char *string)
{
	return (struct as_text){string, strlen(string)};
}

static inline bool
as_text_is(struct as_text a, struct as_text b)
{
	return a.len == b.len && memcmp(a.at, b.at, a.len) == 0;
}

/* msg.c - the only writer to stderr: "TOOL: LEVEL: APP: what: why" in one
 * write(2) of at most 1 KiB, secrets and control bytes masked.  app may be
 * NULL. */
enum as_level { AS_ERROR, AS_WARNING, AS_INFO, AS_DEBUG };
#define AS_INLINE static inline __attribute__((always_inline))
#define AS_NORETURN __attribute__((noreturn))
#define AS_FORMAT(n) __attribute__((format(printf, n, (n) + 1)))

void as_msg_tool(const char *name);

/* What follows "TOOL: LEVEL: APP: " passes through mask, which returns its new
 * length. */
void as_msg_hide_with(size_t (*mask)(char *text, size_t len));
int as_msg_level(int level);     /* what is told; returns what was */
void as_msg_verbose(int levels); /* added to "errors and warnings" */
void as_msg(enum as_level level, const char *app, const char *fmt, ...)
    AS_FORMAT(3);
AS_NORETURN void as_msg_die(int code, const char *fmt, ...) AS_FORMAT(2);

/* The exit code to keep when a and b both apply: 74 71 78 64 77 69 65 75 0. */
int as_msg_worse(int a, int b);

/* hide.c - the secrets that this process holds: *** stands for them in each
 * message, also where they are cut off.  They are found as they are, in base64,
 * with the escapes of URLs and of JSON, and in upper or lower case.  A login of 3
 * bytes or more is hidden as a whole word. */
void as_hide_add(const char *secret, bool login);
void as_hide_drop(const char *secret, bool login); /* it is not held any more */

/* Whether a text holds a whole secret that is not a login */
bool as_hide_has(struct as_text text);

/* mem.c - dies with 71 where there is no memory.  as_mem_grow doubles an array of
 * *room elements of that size, from none to 16 at first. */
void *as_mem_need(void *at);
void *as_mem_grow(void *at, size_t *room, size_t size);

/* buf.c - bytes that grow, a '\0' behind them.  Starts as all zeros; at may be freed. */
struct as_buf {
	char *at;
	size_t len, room;
};

void as_buf_add(struct as_buf *buf, const char *bytes, size_t len);
void as_buf_puts(struct as_buf *buf, const char *string);

/* privilege.c - what a process does without, from then on and for those that
 * it starts.  What the system cannot do is left out. */
enum as_needs {
	AS_NEEDS_FILES,    /* to read, and neither processes nor threads */
	AS_NEEDS_WRITING,  /* files, too */
	AS_NEEDS_NETWORK,  /* and processes, but no other program */
	AS_NEEDS_PROGRAMS, /* that may need what we do not */
};
void as_privilege_keep(enum as_needs needs);        /* and nothing else */
void as_privilege_limit(int resource, size_t most); /* RLIMIT_... */

/* No core file, whatever it is written by, and memory that only root sees:
 * for who holds a secret. */
void as_privilege_hide(void);

/* option.c - options and the way in.  Tables end with letter 0. */
struct as_option {
	char letter;
	const char *name; /* the long one, without its "--" */
	const char *arg;  /* its name in --help; NULL: takes none */
	const char *help;
};

struct as_tool {
	const char *name;
	const char *synopsis; /* without the name, on one line */
	const char *purpose;  /* one sentence */
	const struct as_option *options;
	const struct as_option *shared; /* with other tools; or NULL */
	enum as_needs needs;
};

/* Opens closed ones of the descriptors 0-2 on /dev/null, so that no socket or
 * log becomes stdout; writing to a stdout that was closed then fails.  Keeps
 * what the tool needs. */
void as_option_start(const struct as_tool *self);

/* The letter of the next option, whichever of its names was typed, its argument
 * in *arg; 0 when none is left, with *argc and *argv moved to the operands.
 * -q -v -h -V are dealt with here.  A long name must be whole. */
int as_option_next(int *argc, char **argv[], const char **arg);

/* That option as it was typed: "-c", "--config"; behind all: "operand" */
const char *as_option_typed(void);
AS_NORETURN void as_option_usage(const char *fmt, ...) AS_FORMAT(1);

/* The value of the option returned last; usage, 64, if it is none */
int64_t as_option_duration(const char *arg, int64_t least); /* ms */
int32_t as_option_count(const char *arg, int32_t least); /* least is 0 or 1 */
double as_option_decimal(const char *arg, bool zero_ok);
AS_NORETURN void as_option_refuse(const char *arg, const char *why);

/* help.c - what --help and --version print; they end the process. */
AS_NORETURN void as_help_print(
    const struct as_tool *tool, const struct as_option *const rows[], size_t n);
AS_NORETURN void as_help_version(const struct as_tool *tool);

/* suggest.c - "did you mean": of the words that are tried one after the other,
 * the nearest to what was typed.  Starts as all zeros; word NULL: none is near. */
struct as_suggestion {
	const char *word;
	size_t edits; /* from what was typed to word */
};

void as_suggest_word(
    struct as_suggestion *best, struct as_text typed, const char *word);

/* num.c - strict numbers: the whole text, nothing else.  What is behind the
 * text may be read up to the first byte that is neither digit nor point. */
bool as_num_count(struct as_text text, int32_t *n);  /* 0..2147483647 */
bool as_num_decimal(struct as_text text, double *x); /* finite, >= 0 */

static inline unsigned
as_digit(char c) /* over 9: it is none */
{
	return (unsigned char)c - (unsigned)'0';
}

/* "12.34" is 1234 / 100, and ".5" is 5 / 10: up to 15 digits and their power of ten are exact
 * doubles, so that the one division rounds once, as strtod would.  Returns the
 * end of such a number at p, of any digits and point, or p if it is longer. */
static inline const char *
as_num_short(const char *p, double *x)
{
	static const double power[] = {1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7,
	    1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14};
	const char *from = p, *fraction;
	uint64_t digits = 0;

	for (; as_digit(*p) <= 9; p++)
		digits = digits * 10 + as_digit(*p);
	fraction = p;
	if (*p == '.')
		for (fraction = ++p; as_digit(*p) <= 9; p++)
			digits = digits * 10 + as_digit(*p);
	if (p == from || p - from > 15 || p[-1] == '.')
		return from;
	*x = (double)(int64_t)digits / power[p - fraction];
	return p;
}

/* The shortest decimal that reads back as x, at most 24 bytes; returns len. */
size_t as_num_print(char *buf, double x);

/* Rounds to a count up or down, at most AS_COUNT_MAX away from 0.  A relative
 * slack of 1e-9 makes 3 x 0.8 / 0.8 three replicas, not four. */
#define AS_RATIO_SLACK 1e-9
int32_t as_num_ceil(double x);
int32_t as_num_floor(double x);

/* time.c - times are milliseconds since 1970 UTC; functions that may fail
 * return why they did, or NULL */
enum { AS_STAMP_MAX = 24 }; /* "2026-11-23T17:41:00.000Z" */

/* RFC 3339, years 1970..9999, any offset; *fraction tells if it had one. */
const char *as_time_parse(struct as_text text, int64_t *ms, bool *fraction);
size_t as_time_print(char *buf, int64_t ms, bool fraction);

/* 250ms 15s 5m 1h 7d; a bare number is seconds; at most 30 days. */
const char *as_time_duration(struct as_text text, int64_t *ms);
int64_t as_time_now(void);
int64_t as_time_steady(void); /* never set back; for waiting only */

/* out.c - stdout, buffered; flushed by whoever is about to wait */
struct as_out {
	char *buf;
	size_t len;
	bool failed; /* told once; everything after is dropped */
};

enum { AS_OUT_SIZE = 4 * AS_LINE_MAX };

bool as_out_flush(struct as_out *out);
void as_out_make_room(struct as_out *out);

/* Room for n more bytes (n <= AS_LINE_MAX) and slack; as_out_end takes what
 * was put. */
static inline char *
as_out_room(struct as_out *out, size_t n)
{
	if (out->buf == NULL || AS_OUT_SIZE - out->len < n)
		as_out_make_room(out);
	return out->buf + out->len;
}

static inline void
as_out_end(struct as_out *out, const char *end)
{
	out->len = (size_t)(end - out->buf);
}

/* Flushes and frees. Returns the exit status: code, or 74 if not all bytes were
 * written. */
int as_out_finish(struct as_out *out, int code);

/* put.c - texts and counts into a buffer that has room; each returns the end */
static inline char *
as_put(char *p, const char *bytes, size_t len)
{
	if (len > 0)
		memcpy(p, bytes, len);
	return p + len;
}

/* The same for texts that are mostly short; both sides have slack. */
static inline char *
as_put_short(char *p, const char *bytes, size_t len)
{
	if (len > AS_SHORT)
		return as_put(p, bytes, len);
	memcpy(p, bytes, AS_SHORT);
	return p + len;
}

#define AS_PUT(p, literal) as_put(p, literal, sizeof(literal) - 1)
char *as_put_long_count(char *p, int64_t count);

extern const char as_put_digits[100][2]; /* "0" to "99" */

/* AS_UNKNOWN is "-"; there is room for a byte behind. */
static inline char *
as_put_count(char *p, int64_t count)
{
	if ((uint64_t)count > 99)
		return as_put_long_count(p, count);
	memcpy(p, as_put_digits[count], 2);
	return p + 1 + (count > 9);
}

/* lock.c - a lock that the kernel gives to one process at a time, until it ends,
 * also by kill -9.  Its file has mode 0600: who can open it can lock it. */
struct as_lock {
	const char *path; /* NULL: there is none */
	int fd;
};

/* Dies with 75 where another process has the lock, 74 where there can be no such
 * file, 71 where the kernel gives no locks. */
void as_lock_take(struct as_lock *lock);

/* Takes the lock again if its file was deleted.  Returns 0; or the exit status if
 * another process has the lock now, so that nothing may be ordered. */
int as_lock_keep(struct as_lock *lock);

/* False: the file was deleted or replaced, and the lock stops no other process. */
bool as_lock_is_there(const struct as_lock *lock);

/* open.c - opens a file to write, and makes it with that mode.  As root it does
 * not follow a link, nor take a file of another user, in a directory that others
 * can write to.  Returns why it cannot be opened, or NULL. */
const char *as_open_file(const char *path, int flags, unsigned mode, int *fd);

/* log.c - a log: each append is one write(2) at the end of the file.  Opening
 * ends a line that a killed writer left cut short, so that no reader takes it.  A
 * log that was moved away or removed is made again, within a second.  If an
 * append fails, the next ones fail without a message until one succeeds. */
struct as_log {
	const char *path;
	int fd;
	bool reopens; /* set by as_log_open */
	bool failed;  /* the last append */
	int64_t due;  /* by the steady clock: when to look at path again */
};

bool as_log_open(struct as_log *log, const char *path);
bool as_log_append(struct as_log *log, struct as_text lines);
bool as_log_sync(struct as_log *log);

/* All bytes to fd, in one write(2) if the kernel takes them; false: errno */
bool as_log_write(int fd, const char *bytes, size_t len);

/* text.c - parts of a text, and what a byte may be: 1 begins an APP, 2 in an APP, 4 begins a KEY, 8
 * in a KEY, 16 in a VALUE, 32 a blank.  CR, LF and NUL are nothing and so end
 * every loop over them without a look at the length. */
enum as_byte {
	AS_APP_FIRST = 1,
	AS_IN_APP = 2,
	AS_KEY_FIRST = 4,
	AS_IN_KEY = 8,
	AS_IN_VALUE = 16,
	AS_BLANK = 32
};

extern const unsigned char as_text_bytes[256];

static inline bool
as_byte_is(char c, int what)
{
	return (as_text_bytes[(unsigned char)c] & what) != 0;
}

static inline const char *
as_skip_blanks(const char *p)
{
	while (as_byte_is(*p, AS_BLANK))
		p++;
	return p;
}

static inline size_t
as_length(const char *from, const char *to)
{
	return (size_t)(to - from);
}

/* An APP as a string, which is name; for fnmatch and messages.  What is too long
 * for an APP is cut off. */
enum { AS_APP_SIZE = 128 }; /* with the '\0' */
const char *as_text_copy(char name[AS_APP_SIZE], struct as_text app);

/* Cuts off the part before the first sep; false if there is no sep. */
bool as_text_cut(struct as_text *rest, char sep, struct as_text *part);

/* line.c - TIME APP COUNT KEY=VALUE...; see as-line(5) */
struct as_pair {
	struct as_text key;
	struct as_text value;
	double number; /* VALUE, where it is as short as 12.34; or NaN */
	int meaning;   /* of KEY to the reader; 0 when another stood here */
	size_t seen_len;
	char seen[AS_SHORT]; /* "KEY=" as it stood here last */
};

struct as_line {
	int64_t time;  /* milliseconds */
	int64_t count; /* or AS_UNKNOWN */
	struct as_text app;
	const char *end; /* of the text: its LF */
	struct as_pair *pairs;
	size_t n_pairs;
	size_t n_distinct;     /* so many have different keys */
	size_t n_known;        /* so many were ever filled */
	size_t room;           /* in pairs */
	const void *meant_for; /* whose meanings the pairs have */
	struct as_text guess;  /* app and blank likely to come; may be 0 */
	bool guessed;          /* it came */
	size_t stamp_len;
	size_t raw_len;
	char stamp[AS_STAMP_MAX]; /* TIME as it is printed */
	char raw[40];             /* TIME and a blank as they were read */
};

/* Reads text, which goes up to an LF with slack behind it, into line, which
 * starts as all zeros, may be used again and borrows from text.  Returns why
 * the text is not a line, or NULL. */
const char *as_line_parse(struct as_line *line, const char *text);

/* The canonical form, LF included: at most as long as what was read, and
 * AS_STAMP_MAX; p has slack. */
char *as_line_print(char *p, const struct as_line *line);
const char *as_line_app(struct as_text name); /* why it names no app */
struct as_pair *as_line_get(const struct as_line *line, const char *key);

/* The value of KEY as a number, or NaN; as a count, or otherwise, where the
 * line has no such KEY or its value is not one. */
double as_line_number(const struct as_line *line, const char *key);
int32_t as_line_count(
    const struct as_line *line, const char *key, int32_t otherwise);

/* pairs.c - reads the KEY=VALUEs at p, up to the LF, into line.  Returns why
 * they are none, or NULL. */
const char *as_pairs_parse(struct as_line *line, const char *p);

/* in.c - lines from files and stdin */
struct as_in {
	int fd;
	const char *name;   /* "-" for stdin */
	struct as_out *out; /* flushed before every read(2); may be NULL */
	char *buf;
	size_t start, end;    /* of what was read and not given out */
	size_t whole;         /* end of the last whole line in it */
	unsigned long number; /* of the line given out last, from 1 */
	int code;             /* 0, 65 bad lines were skipped, 74 */
	bool ended;           /* read(2) gave no more */
	bool skipping;        /* in an over-long line */
	bool quiet;           /* bad lines are skipped without a message */
	bool comments;        /* as_in_text gives comments, too */

	/* Called with each whole comment of at most 64 KiB, when all lines
	 * before it were given out; its LF comes after it.  NULL: comments
	 * are dropped. */
	void (*pass)(void *to, struct as_text comment);
	void *to;
};

/* path "-" is stdin.  False: a message was printed, and in->code is 74. */
bool as_in_open(struct as_in *in, const char *path, struct as_out *out);

/* The next whole line that is neither blank nor comment, without its LF and
 * one CR.  Lines over 64 KiB and a last line without LF are told and skipped.
 * False at the end of input. */
bool as_in_text(struct as_in *in, struct as_text *text);
bool as_in_line(struct as_in *in, struct as_line *line); /* skips bad ones */
void as_in_skip(struct as_in *in, struct as_text text, const char *why);
bool as_in_ready(struct as_in *in); /* a line or EOF without wait */
void as_in_close(struct as_in *in);

/* A pass for filters, whose output keeps the comments of the input: to is their
 * struct as_out. */
void as_in_copy(void *out, struct as_text comment);

/* The main loop of a tool that reads lines: each line goes to take, which
 * returns NULL, or why the line is skipped.  Inline: a call of take through a
 * pointer takes 29 of 829 instructions a line (make instructions). */
struct as_each {
	void *owner;        /* for take */
	struct as_out *out; /* as in as_in; if it fails, no more is read */
	bool comments;      /* are copied to out, each in its place */
	bool quiet;         /* as in as_in */
};
typedef const char *as_take(void *owner, struct as_line *line);

/* All lines of a file ("-": stdin).  Returns the exit status: 0, 65 or 74. */
AS_INLINE int
as_in_each(const struct as_each *each, const char *path, as_take *take)
{
	struct as_in in = {0};
	struct as_line line = {0};
	const char *why;

	if (!as_in_open(&in, path, each->out))
		return in.code;
	in.quiet = each->quiet;
	in.pass = each->comments ? as_in_copy : NULL;
	in.to = each->out;
	while (
	    (each->out == NULL || !each->out->failed) && as_in_line(&in, &line))
		if ((why = take(each->owner, &line)) != NULL)
			as_in_skip(&in, line.app, why);
	as_in_close(&in);
	free(line.pairs);
	return in.code;
}

/* All lines of the files of a command line, or of stdin if there are none */
AS_INLINE int
as_in_each_operand(
    const struct as_each *each, char *const paths[], as_take *take)
{
	int code = 0;

	do
		code = as_msg_worse(code,
		    as_in_each(each, *paths != NULL ? *paths : "-", take));
	while (*paths != NULL && *++paths != NULL);
	return code;
}

/* seek.c - moves a log whose times grow, just opened, to a line before the
 * first one of this time; a small log, or a pipe, stays where it is. */
void as_seek_time(struct as_in *in, int64_t time);

/* table.c - app names as small numbers, counted from 0 in order of arrival */
uint32_t as_table_hash(struct as_text text); /* stable: shards depend on it */

struct as_table {
	char *names;
	struct as_name {
		uint32_t at;
		uint32_t len;
	} * name;
	uint32_t *slots; /* number + 1, by hash; 0: free */
	size_t n, room, n_slots, names_len, names_room;
	size_t next; /* which app likely comes now */
};

/* The app's number; one that is new gets the number n and makes n grow. */
size_t as_table_find(struct as_table *table, struct as_text app);
struct as_text as_table_name(const struct as_table *table, size_t number);
bool as_table_has(
    const struct as_table *table, struct as_text app, size_t *number);

/* The same for the app of a line, mostly without a search: a line struct that
 * is used again must go to the same table again. */
size_t as_table_line(struct as_table *table, struct as_line *line);
void as_table_free(struct as_table *table);

/* queue.c - the last few (time, value), oldest first.  Times are the
 * low 32 bits of milliseconds: an age is now - time as long as nothing stays
 * for 49 days, which as_queue_expire sees to. */
struct as_entry {
	uint32_t time;
	int32_t value;
};

struct as_queue {
	uint32_t head : 31, spilled : 1;
	uint32_t len;
	union {
		struct as_entry few[5]; /* no allocation, no miss */
		struct {
			struct as_entry *at;
			size_t room;
		} many;
	} u;
};

void as_queue_push(struct as_queue *queue, struct as_entry entry);
void as_queue_clear(struct as_queue *queue);

static inline struct as_entry *
as_queue_first(struct as_queue *queue)
{
	return (queue->spilled ? queue->u.many.at : queue->u.few) + queue->head;
}

/* Drops entries as old as span or older: "N seconds ago" is out. */
static inline void
as_queue_expire(struct as_queue *queue, uint32_t now, uint32_t span)
{
	while (queue->len > 0 && now - as_queue_first(queue)->time >= span) {
		queue->head++;
		queue->len--;
	}
}

/* Adds a value; returns the greatest of those that did not expire, this one
 * included.  A queue of such values takes no others.  For the smallest value
 * give and take negative ones. */
int32_t as_queue_max(struct as_queue *queue, uint32_t now, int32_t value);

#endif

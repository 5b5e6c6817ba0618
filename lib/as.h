/* as.h - the small library that every tool uses: lines, numbers, times, options,
 * messages, files.  Each section below is about one file, lib/NAME.c.
 *
 * A line is TIME APP COUNT KEY=VALUE..., see as-line(5): at TIME the application
 * APP had COUNT replicas.  Times are milliseconds since 1970 UTC.  A function that
 * dies prints an error and ends the process.  Exit statuses are those of
 * sysexits.h: 64 for wrong options, 65 for wrong input that was skipped, 71 for no
 * memory, 74 for a failed read or write, 75 for what cannot be done now, 78 for
 * wrong settings. */
#ifndef AS_H
#define AS_H

#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <sysexits.h>

enum {
	AS_LINE_MAX = 65536,       /* most bytes of a line, with its LF */
	AS_KEY_MAX = 64,           /* most bytes of a KEY */
	AS_COUNT_MAX = 2147483647, /* the highest COUNT */
	AS_UNKNOWN = -1,           /* the COUNT "-": an unknown number */
	AS_METRICS = 16,           /* most metrics of one policy */
	AS_RATES = 8               /* most rate limits of one direction */
};

/* A part of a text that is stored elsewhere.  No '\0' need follow it. */
struct as_text {
	const char *at;
	size_t len;
};

/* Hints to the compiler, for code that runs once a line: a function that is always
 * part of its caller, and a condition that is seldom true */
#define AS_INLINE static inline __attribute__((always_inline))
#define AS_RARELY(condition) __builtin_expect(condition, 0)

/* Slack: buffers of lines and tables of names have AS_SLACK unused bytes after what
 * they hold.  So AS_SHORT bytes can be read or copied at once, even if fewer belong
 * to the text.  That is faster than a loop over the length of a short text. */
enum { AS_SHORT = 16, AS_SLACK = 32 };

/* Returns the first len bytes at `at`, 8 at most, as one integer.  The other bytes
 * of the integer are 0.  `at` must have slack. */
AS_INLINE uint64_t
as_word(const char *at, size_t len)
{
	static const unsigned char ones[16] = {
	    255, 255, 255, 255, 255, 255, 255, 255};
	uint64_t word, mask;

	memcpy(&word, at, sizeof(word));
	memcpy(&mask, ones + 8 - len, sizeof(mask));
	return word & mask;
}

/* Returns whether the len bytes at a and at b are the same.  Both must have
 * slack. */
AS_INLINE bool
as_same(const char *a, const char *b, size_t len)
{
	for (; AS_RARELY(len > 8); a += 8, b += 8, len -= 8)
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

/* Compares byte by byte, as qsort(3) wants it: the result is below 0 if a comes
 * first, and above 0 if b does. */
static inline int
as_text_order(struct as_text a, struct as_text b)
{
	int order = memcmp(a.at, b.at, a.len < b.len ? a.len : b.len);

	return order != 0 ? order : (a.len > b.len) - (a.len < b.len);
}

/* msg.c - prints messages on stderr.  A message is one line
 * "TOOL: LEVEL: APP: what: why" of at most 1 KiB, written by one write(2).
 * Secrets, and logins in URLs, are masked in it, and each control byte becomes "?".
 * app is NULL if the message is about no single app: then "APP: " is left out. */
enum as_level { AS_ERROR, AS_WARNING, AS_INFO, AS_DEBUG };
#define AS_NORETURN __attribute__((noreturn))
#define AS_FORMAT(n) __attribute__((format(printf, n, (n) + 1)))

void as_msg_tool(const char *name);

/* From now on mask is called with the part of each message that follows
 * "TOOL: LEVEL: APP: ".  mask may change that text in place and make it shorter.
 * It returns the new length. */
void as_msg_hide_with(size_t (*mask)(char *text, size_t len));

/* Sets the highest level that is printed; without a call that is AS_WARNING.
 * Returns the level that was set before. */
int as_msg_level(int level);
void as_msg_verbose(int levels); /* adds to that level */
void as_msg(enum as_level level, const char *app, const char *fmt, ...)
    AS_FORMAT(3);
AS_NORETURN void as_msg_die(int code, const char *fmt, ...) AS_FORMAT(2);

/* From now on as_msg_die ends the process with this exit status, or a worse one. */
void as_msg_owe(int code);

/* Returns the worse of two exit statuses.  From the worst to the best they are 74
 * 71 78 64 77 69 65 75 0. */
int as_msg_worse(int a, int b);

/* hide.c - puts *** in the place of each secret that as_hide_add was given, in all
 * messages.  Finds a secret also in base64, in hexadecimal, with the escapes of URLs,
 * JSON or HTML, in upper or lower case, and where a message breaks off in the middle
 * of it.  A login is the name of a user: it is hidden only if it has 3 bytes or more
 * and is a whole word of the message. */
void as_hide_add(const char *secret, bool login);

/* Undoes as_hide_add with the same secret. */
void as_hide_drop(const char *secret, bool login);

/* Returns whether the text holds a whole secret, or a beginning of it that can hardly
 * be anything else.  Logins do not count, because a login may be any usual word. */
bool as_hide_has(struct as_text text);

/* form.c - calls act for each form in which a text may hold the secret.  Of a form
 * that is cut, `beginning` bytes are hidden in a message; `telling` bytes are
 * hardly anything else: they have a letter and a digit, or are 12. */
struct as_form {
	const char *text;
	size_t len;
	bool login;
	size_t beginning, telling;
};

void as_form_each(
    const char *secret, bool login, void (*act)(const struct as_form *form));

/* login.c - puts *** in the place of the login in each URL of the text, as in
 * http://user:password@host.  Returns the new length, which is not greater. */
size_t as_login_mask(char *text, size_t len);

/* decode.c - undoes one kind of escapes in a text, and remembers where each byte
 * came from */
enum as_escapes {
	AS_DECODE_URL,
	AS_DECODE_JSON,
	AS_DECODE_HTML,
	/* The end of a line and the blanks after it, which are removed */
	AS_DECODE_LINES,
	/* What separates bytes in base 16, as in 41:42:43, which is removed */
	AS_DECODE_BYTES,
	AS_DECODE_KINDS
};

/* A text after decoding.  Byte i stood at from[i] of the text before any decoding,
 * and from[len] is the end of that text.  from is NULL if nothing was decoded
 * yet. */
struct as_decoded {
	char *at;
	size_t len;
	uint32_t *from;
};

/* Decodes `in` into `to`, which as_decode_free frees.  Returns false, and allocates
 * nothing, if the text has no such escapes. */
bool as_decode(const struct as_decoded *in, enum as_escapes escapes,
    struct as_decoded *to);
void as_decode_free(struct as_decoded *decoded);

/* Undoes one escape of JSON, if p is the beginning of one: puts the *n bytes that
 * it stands for into `to`, and returns the length of the escape.  Returns 0 if p is
 * no escape. */
size_t as_decode_json(const char *p, const char *end, char to[4], size_t *n);

static inline uint32_t
as_decoded_place(const struct as_decoded *decoded, size_t i)
{
	return decoded->from != NULL ? decoded->from[i] : (uint32_t)i;
}

/* mem.c - gets memory, or dies with 71.  as_mem_need takes what malloc, or a
 * function like it, has returned, and returns that if it is not NULL.  as_mem_grow
 * returns the array `at` with more room.  *room is the number of elements that it
 * can hold: 0 becomes 16, any other number is doubled.  size is the number of bytes
 * of an element. */
void *as_mem_need(void *at);
void *as_mem_grow(void *at, size_t *room, size_t size);

/* buf.c - a string that grows.  A '\0' follows its len bytes, and room bytes are
 * allocated.  The struct starts as all zeros; its owner frees `at`. */
struct as_buf {
	char *at;
	size_t len, room;
};

void as_buf_add(struct as_buf *buf, const char *bytes, size_t len);
void as_buf_puts(struct as_buf *buf, const char *string);

/* privilege.c - takes from this process, and from those that it starts, rights that
 * they do not need.  Does nothing on a system that cannot take rights away. */
enum as_needs {
	AS_NEEDS_FILES,   /* reads files; starts no process and no thread */
	AS_NEEDS_WRITING, /* reads and writes files, but starts no process */
	/* Also uses the network, and starts processes that run no other program */
	AS_NEEDS_NETWORK,
	/* Starts other programs, sudo perhaps, which may need more rights */
	AS_NEEDS_PROGRAMS,
};
void as_privilege_keep(enum as_needs needs); /* drops other rights */

/* Lowers the limit of a resource, RLIMIT_..., for good. */
void as_privilege_limit(int resource, size_t most);

/* A process that holds a secret calls this: then the kernel writes no core file of
 * it, and no other user than root can look into its memory. */
void as_privilege_hide(void);

/* option.c - begins a tool, and reads its options.  The last row of a table of
 * options has the letter 0. */
struct as_option {
	char letter;
	const char *name; /* the long name, without its "--" */
	/* What --help calls the value; NULL if the option takes none */
	const char *arg;
	const char *help;
};

struct as_tool {
	const char *name;
	/* What follows the name in the usage line */
	const char *synopsis;
	const char *purpose; /* one sentence for --help */
	const struct as_option *options;
	/* Options that other tools have, too, or NULL */
	const struct as_option *shared;
	enum as_needs needs;
};

/* Begins a tool.  Opens /dev/null in the place of each of the descriptors 0 to 2
 * that is closed: otherwise a socket or a log could get that number, and output of
 * the tool would go there.  Writing to a stdout that was closed still fails.  Drops
 * the rights that are not in self->needs. */
void as_option_start(const struct as_tool *self);

/* Returns the letter of the next option, also if its long name was typed, and sets
 * *arg to its value, or to NULL if it takes none.  Returns 0 after the last option:
 * then *argc and *argv hold the operands.  Handles -q, -v, -h and -V itself.  A
 * long name must be typed in full. */
int as_option_next(int *argc, char **argv[], const char **arg);

/* Returns the option that was read last as it was typed: "-c", say, or "--config".
 * After the last option, returns "operand". */
const char *as_option_typed(void);

/* Dies with 64, after a message that points to --help. */
AS_NORETURN void as_option_usage(const char *fmt, ...) AS_FORMAT(1);

/* Each of these returns arg, the value of the option that was read last, as a
 * number.  It dies with 64 if arg is no such number or is too small. */
int64_t as_option_duration(const char *arg, int64_t least); /* in ms */
int32_t as_option_count(const char *arg, int32_t least); /* least is 0 or 1 */
double as_option_decimal(const char *arg, bool zero_ok);

/* Returns arg, the path of a file with earlier lines, which may not exist yet.
 * Dies with 64 if it is a named pipe or a device, because that might never end. */
const char *as_option_history(const char *arg);

/* Dies with 64: the option that was read last has the wrong value arg. */
AS_NORETURN void as_option_refuse(const char *arg, const char *why);

/* help.c - prints what --help and --version show, and then ends the process */
AS_NORETURN void as_help_print(
    const struct as_tool *tool, const struct as_option *const rows[], size_t n);
AS_NORETURN void as_help_version(const struct as_tool *tool);

/* suggest.c - finds the word for "did you mean WORD?".  The caller calls
 * as_suggest_word once with each known word.  Then best->word is the word that is
 * most like `typed`, or NULL if none is similar.  The struct starts as all
 * zeros. */
struct as_suggestion {
	const char *word;
	/* How many bytes must be added, removed or changed to make `word` of
	 * `typed` */
	size_t edits;
};

void as_suggest_word(
    struct as_suggestion *best, struct as_text typed, const char *word);

/* num.c - reads, prints and rounds numbers.  as_num_count and as_num_decimal return
 * false if the text is not one number from its first byte to its last.
 * as_num_decimal also reads the bytes after the text, up to the first that is
 * neither digit nor point, so there must be such a byte. */
bool as_num_count(struct as_text text, int32_t *n);  /* 0 to AS_COUNT_MAX */
bool as_num_decimal(struct as_text text, double *x); /* finite, >= 0 */

static inline unsigned
as_digit(char c) /* more than 9 if c is no digit */
{
	return (unsigned char)c - (unsigned)'0';
}

/* Reads a short decimal without strtod: "12.34" is 1234 / 100, and ".5" is 5 / 10.
 * Doubles hold integers of up to 15 digits and these powers of ten exactly.  So
 * only the division rounds, and the result is that of strtod.  Returns the end of
 * the number at p.  Returns NULL if no number is there, or one of more than 15
 * bytes, or one that ends with its point. */
AS_INLINE const char *
as_num_short(const char *p, double *x)
{
	static const double power[] = {1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7,
	    1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14};
	const char *from = p, *fraction;
	uint64_t digits = 0;
	unsigned digit;
	size_t len;

	for (; (digit = as_digit(*p)) <= 9; p++)
		digits = digits * 10 + digit;
	fraction = p;
	if (*p == '.') {
		for (fraction = ++p; (digit = as_digit(*p)) <= 9; p++)
			digits = digits * 10 + digit;
		if (p == fraction)
			return NULL;
	}
	len = (size_t)(p - from);
	if (len == 0 || len > 15)
		return NULL;
	*x = (double)(int64_t)digits / power[p - fraction];
	return p;
}

/* Prints the shortest decimal that, when read again, is x.  Returns its length, 24
 * bytes at most; a '\0' follows. */
size_t as_num_print(char *buf, double x);

/* as_num_ceil rounds up and as_num_floor rounds down to a whole number.  A result
 * beyond AS_COUNT_MAX or -AS_COUNT_MAX becomes that.  A difference of 1e-9 of x
 * does not count: in doubles 3 x 0.8 / 0.8 is a little more than 3, but it must be
 * three replicas, not four. */
#define AS_RATIO_SLACK 1e-9
AS_INLINE int32_t
as_num_ceil(double x)
{
	int32_t n;

	if (x >= AS_COUNT_MAX)
		return AS_COUNT_MAX;
	if (x <= -AS_COUNT_MAX)
		return -AS_COUNT_MAX;
	x -= AS_RATIO_SLACK * fabs(x);
	n = (int32_t)x;
	return n + (n < x ? 1 : 0);
}

int32_t as_num_floor(double x);

/* time.c - reads and prints times and durations, and reads clocks.  A function that
 * returns a text returns NULL, or why it failed. */
enum { AS_STAMP_MAX = 24 }; /* "2026-11-23T17:41:00.000Z" */

/* Reads a time of RFC 3339 in the years 1970 to 9999, with any offset from UTC.
 * Sets *fraction to whether the text has a fraction of a second. */
const char *as_time_parse(struct as_text text, int64_t *ms, bool *fraction);

/* Prints a time in UTC, with milliseconds if `fraction` is true.  Returns the
 * length, at most AS_STAMP_MAX.  No '\0' follows. */
size_t as_time_print(char *buf, int64_t ms, bool fraction);

/* Reads a duration like 250ms 15s 5m 1h 7d, 30 days at most.  A number without a
 * unit is in seconds. */
const char *as_time_duration(struct as_text text, int64_t *ms);
int64_t as_time_now(void);

/* Returns the milliseconds of a clock that nobody sets.  Only differences between
 * its times mean something. */
int64_t as_time_steady(void);

/* out.c - stdout with a buffer.  A function that is about to wait must call
 * as_out_flush before: the next tool may need the lines in the buffer meanwhile. */
struct as_out {
	char *buf;
	size_t len;
	/* A write failed, which was reported.  All later bytes are dropped. */
	bool failed;
};

enum { AS_OUT_SIZE = 4 * AS_LINE_MAX };

/* Writes what is in the buffer.  Returns false if this or an earlier write
 * failed. */
bool as_out_flush(struct as_out *out);

/* Makes room for AS_LINE_MAX bytes more. */
void as_out_make_room(struct as_out *out);

/* Returns the place for n more bytes, AS_LINE_MAX at most, with slack.  The caller
 * puts the bytes there, and then calls as_out_end with the place after the last
 * one. */
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

/* Flushes and frees the buffer.  Returns the exit status: `code`, or 74 if not all
 * bytes could be written. */
int as_out_finish(struct as_out *out, int code);

/* put.c - puts texts and counts at p, where the caller has made room for them.
 * Each function returns the place after the last byte. */
static inline char *
as_put(char *p, const char *bytes, size_t len)
{
	if (len > 0)
		memcpy(p, bytes, len);
	return p + len;
}

/* Does the same as as_put, but faster for texts of up to AS_SHORT bytes.  p and
 * bytes must have slack. */
static inline char *
as_put_short(char *p, const char *bytes, size_t len)
{
	if (len > AS_SHORT)
		return as_put(p, bytes, len);
	memcpy(p, bytes, AS_SHORT);
	return p + len;
}

/* A text of a fixed table, which as_put_word prints with one copy of AS_SHORT
 * bytes */
struct as_word {
	char text[AS_SHORT - 1];
	uint8_t len;
};

static inline char *
as_put_word(char *p, const struct as_word *word)
{
	memcpy(p, word, AS_SHORT);
	return p + word->len;
}

#define AS_PUT(p, literal) as_put(p, literal, sizeof(literal) - 1)
char *as_put_long_count(char *p, int64_t count);

extern const char as_put_digits[100][2]; /* "0" to "99" */

/* Prints a count, and AS_UNKNOWN as "-".  p must have room for one byte more than
 * is printed, because two bytes are copied even for one digit. */
static inline char *
as_put_count(char *p, int64_t count)
{
	if ((uint64_t)count > 99)
		return as_put_long_count(p, count);
	memcpy(p, as_put_digits[count], 2);
	return p + 1 + (count > 9);
}

/* lock.c - a lock that the kernel gives to one process at a time, and takes back
 * when that process ends, also by kill -9.  The lock is on a file of mode 0600,
 * because every process that can open the file can lock it. */
struct as_lock {
	const char *path;   /* the file; NULL if there is no lock */
	bool refuses_links; /* path must not be a symbolic link */
	int fd;
};

/* Takes the lock.  Dies with 75 if another process has it, with 74 if the file
 * cannot be made or used, and with 71 if the kernel cannot lock the file. */
void as_lock_take(struct as_lock *lock);

/* Takes the lock again if its file was deleted or replaced.  Returns 0 if this
 * process has the lock, or needs none.  Otherwise reports why not, and returns the
 * exit status: then the caller must not order any replicas, because another process
 * may do so. */
int as_lock_keep(struct as_lock *lock);

/* Returns false if the file was deleted or replaced: then the lock stops no other
 * process. */
bool as_lock_is_there(const struct as_lock *lock);

/* open.c - opens a file to write.  flags and mode are those of open(2).  Root gets
 * more checks in a directory that another user can write to: there it follows no
 * link, and opens only a regular file that has no other name (hard link) and
 * belongs to root or to the owner of the directory.  Sets *fd and returns NULL, or
 * returns why the file cannot be opened. */
const char *as_open_file(const char *path, int flags, unsigned mode, int *fd);

/* Opens the directory that the file `path` is in, and sets *name to the file's name
 * in it.  Returns the descriptor, or -1 with the reason in errno. */
int as_open_directory(const char *path, const char **name);

/* Returns whether path names the file that fd is open on. */
bool as_open_names(const char *path, int fd);

/* Returns whether another user than root can write to the file or directory that st
 * describes. */
struct stat;
bool as_open_is_shared(const struct stat *st);

/* log.c - a log.  Each append is one write(2) at the end of the file.  If a writer
 * was killed in the middle of a line, opening the log ends that line so that no
 * reader takes it for a whole one.  If the log was moved away or removed, an append
 * makes it again; an append checks that at most once a second.  A pipe is refused
 * as a log.  If several appends fail one after the other, only the first failure is
 * reported. */
struct as_log {
	const char *path;
	int fd;
	/* A lost log is made again.  as_log_open sets this. */
	bool reopens;
	bool failed; /* the last append failed */
	/* When to look next whether the log is still at path, by as_time_steady */
	int64_t due;
};

/* Each of these returns false if it failed, after it has reported why.  as_log_sync
 * waits until all bytes are on the disk. */
bool as_log_open(struct as_log *log, const char *path);
bool as_log_append(struct as_log *log, struct as_text lines);
bool as_log_sync(struct as_log *log);

/* Returns whether the log is a file without lines, as after a rotation. */
bool as_log_is_empty(struct as_log *log);

/* Writes all bytes to fd, with one write(2) if the kernel takes them all at once.
 * Returns false, with the reason in errno, if it failed. */
bool as_log_write(int fd, const char *bytes, size_t len);

/* text.c - parts of a text, and a table of where each byte may stand in a line.
 * as_text_bytes[c] is the sum of those values of enum as_byte that are true of the
 * byte c.  For CR, LF and NUL the sum is 0.  So each loop over bytes of one kind
 * ends there, and no loop has to compare a length. */
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

/* Copies the name of an app to `name` as a string, for fnmatch and messages, and
 * returns `name`.  Cuts off the bytes after the first 127, which are the most that
 * an APP has. */
enum { AS_APP_SIZE = 128 }; /* 127 bytes and a '\0' */
const char *as_text_copy(char name[AS_APP_SIZE], struct as_text app);

/* Copies at most 60 bytes of the text to `brief`, for a message, and returns
 * `brief`.  If there are more bytes, it ends with "...".  Logins in URLs are masked
 * before. */
enum { AS_BRIEF_SIZE = 64 };
const char *as_text_brief(char brief[AS_BRIEF_SIZE], const char *text);

/* Cuts *rest at its first sep: *part becomes the bytes before sep, and *rest those
 * after it.  Returns false if there is no sep: then *part becomes all of *rest, and
 * *rest stays as it is. */
bool as_text_cut(struct as_text *rest, char sep, struct as_text *part);

/* line.c - reads and prints lines */
struct as_pair {
	struct as_text key;
	struct as_text value;
	/* VALUE as a number; NaN if as_num_short cannot read it */
	double number;
	/* What KEY means to sample.c; 0 if sample.c has not looked yet */
	int meaning;
	/* The length of `seen`; 0 if KEY is too long for it */
	size_t seen_len;
	/* "KEY=" of the last line that had a pair at this place.  The next line
	 * most likely has the same KEY here, which then need not be parsed. */
	char seen[AS_SHORT];
};

struct as_line {
	int64_t time;  /* TIME, in ms since 1970 */
	int64_t count; /* COUNT; AS_UNKNOWN if it is "-" */
	struct as_text app;
	const char *end; /* the LF of the line */
	struct as_pair *pairs;
	size_t n_pairs; /* of this line */
	/* How many of the first pairs are known to have different KEYs */
	size_t n_distinct;
	/* How many pairs were filled by this line or an earlier one */
	size_t n_known;
	size_t room; /* how many fit into `pairs` */
	/* The policy for which pair->meaning holds */
	const void *meant_for;
	/* "APP " that the next line probably has; empty if there is no guess.
	 * table.c sets it. */
	struct as_text guess;
	bool guessed; /* this line has the APP of `guess` */
	/* Lengths of stamp and raw; raw_len is 0 if raw holds no TIME */
	size_t stamp_len;
	size_t raw_len;
	char stamp[AS_STAMP_MAX]; /* TIME as it is printed */
	char raw[40];             /* TIME and a blank as they were read */
};

/* Reads one line from text, where an LF ends it and slack follows.  The struct
 * starts as all zeros, and may be used again for the next line.  Its texts point
 * into text.  Returns NULL, or why the text is not a line. */
const char *as_line_parse(struct as_line *line, const char *text);

/* Prints the line at p, with single blanks, TIME in UTC, and an LF.  Returns the
 * place after it.  p needs slack, and room for AS_STAMP_MAX bytes more than the
 * line had when it was read. */
char *as_line_print(char *p, const struct as_line *line);

/* Returns NULL, or why this cannot be the name of an app. */
const char *as_line_app(struct as_text name);

/* Returns NULL, or why a metric cannot have this name: the name must be a KEY that
 * has no other meaning, as ready and from have. */
const char *as_line_metric(struct as_text name);

/* Returns the pair of the line that has this KEY, or NULL if none has it. */
struct as_pair *as_line_get(const struct as_line *line, const char *key);

/* Returns whether the line has KEY=WORD. */
bool as_line_says(
    const struct as_line *line, const char *key, const char *word);

/* Whether the text is a mark "# tick TIME", which as-fetch prints after the last
 * line of a tick.  Sets *time to TIME, and *fraction if it has milliseconds. */
bool as_line_mark(struct as_text text, int64_t *time, bool *fraction);

/* These return the VALUE of KEY as a number or as a count.  If the line has no such
 * KEY, or the VALUE is no such number, as_line_number returns NaN and as_line_count
 * returns `otherwise`. */
double as_line_number(const struct as_line *line, const char *key);
int32_t as_line_count(
    const struct as_line *line, const char *key, int32_t otherwise);

/* hour.c - reads TIME and the blank after it, as as_line_parse does, if TIME is in
 * UTC and in the same hour as the TIME that line has.  Returns false, and changes
 * nothing, for any other TIME. */
bool as_hour_parse(struct as_line *line, const char *text);

/* pairs.c - reads the KEY=VALUEs at p, up to the LF, into line.  Returns NULL, or
 * why they cannot be read. */
const char *as_pairs_parse(struct as_line *line, const char *p);

/* in.c - reads lines from a file or stdin */
struct as_in {
	int fd;
	const char *name;   /* the path; "-" for stdin */
	struct as_out *out; /* is flushed before every read(2); may be NULL */
	char *buf;
	/* buf[start] to buf[end - 1] were read, but not yet returned as lines. */
	size_t start, end;
	/* Of these bytes, those before buf[whole] are whole lines. */
	size_t whole;
	/* The number of the line that was read last, counted from 1 */
	unsigned long number;
	/* The exit status: 0, 65 if bad lines were skipped, 74 if reading failed */
	int code;
	bool ended;    /* there is no more to read */
	bool skipping; /* a line is too long, and its rest comes next */
	bool quiet;    /* bad lines are skipped without a message */
	/* as_in_text returns comments, too, and pass is not called.  as_in_line must
	 * not be used then. */
	bool comments;

	/* Is called with `to` and each comment of at most 64 KiB, after all lines
	 * before the comment were returned.  An LF follows the comment in memory.
	 * If pass is NULL, comments are dropped. */
	void (*pass)(void *to, struct as_text comment);
	void *to;
};

/* Opens a file, or stdin if path is "-".  Returns false if that failed: then the
 * reason was reported, and in->code is 74. */
bool as_in_open(struct as_in *in, const char *path, struct as_out *out);

/* These read the next line that is neither blank nor a comment: as_in_text returns
 * it without its LF or CR LF, and as_in_line parses it.  With `comments` as_in_text
 * returns comments, too.  They report and skip a line over 64 KiB, a last line
 * without LF and, in as_in_line, a line that cannot be parsed.  They return false at
 * the end of the input. */
bool as_in_text(struct as_in *in, struct as_text *text);
bool as_in_line(struct as_in *in, struct as_line *line);

/* Reports that the line that was read last is skipped, with `why` and the bytes of
 * text.  in->code becomes 65. */
void as_in_skip(struct as_in *in, struct as_text text, const char *why);

/* Returns whether the next line, or the end of the input, can be read without
 * waiting. */
bool as_in_ready(struct as_in *in);
void as_in_close(struct as_in *in);

/* Can be the `pass` of a tool whose output has the comments of its input: `to` is
 * its struct as_out. */
void as_in_copy(void *out, struct as_text comment);

/* The main loop of a tool that reads lines.  It calls take for each line.  take
 * returns NULL, or why the line is wrong: then the line is reported and skipped.
 * The loop is inline, because a call of take through a pointer would cost 29
 * instructions a line. */
struct as_each {
	void *owner; /* the first argument of take */
	/* Is flushed before every read(2).  If it fails, reading ends.  May be
	 * NULL. */
	struct as_out *out;
	/* Called with out for each comment, in its place.  May be NULL. */
	void (*comments)(void *out, struct as_text comment);
	bool quiet; /* bad lines are skipped without a message */
	/* Called after each line that take has accepted.  It may decide the next
	 * lines itself, if `in` has read them already, because it is faster than
	 * take.  May be NULL. */
	void (*usual)(void *owner, struct as_in *in, struct as_line *line);
};
typedef const char *as_take(void *owner, struct as_line *line);

/* Reads all lines of a file, or of stdin if path is "-".  Returns the exit status:
 * 0, 65 or 74. */
AS_INLINE int
as_in_each(const struct as_each *each, const char *path, as_take *take)
{
	struct as_in in = {0};
	struct as_line line = {0};
	const char *why;

	if (!as_in_open(&in, path, each->out))
		return in.code;
	in.quiet = each->quiet;
	in.pass = each->comments;
	in.to = each->out;
	while ((each->out == NULL || !each->out->failed) &&
	    as_in_line(&in, &line)) {
		if ((why = take(each->owner, &line)) != NULL)
			as_in_skip(&in, line.app, why);
		else if (each->usual != NULL)
			each->usual(each->owner, &in, &line);
	}
	as_in_close(&in);
	free(line.pairs);
	return in.code;
}

/* Does the same for all files of a command line, or for stdin if there are none.
 * paths ends with NULL. */
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

/* block.c - reads a log block by block from its end, and finds the TIMEs of its
 * lines.  AS_BLOCK_STAMP is the length of the longest TIME. */
enum { AS_BLOCK = 65536, AS_BLOCK_STAMP = 36 };

/* The caller sets fd and end.  The block has the lines that begin in the bytes from
 * begin to end of the file. */
struct as_block {
	int fd;
	off_t begin, end;
	/* These are for block.c: where the last line was found, and its TIME */
	const char *p, *seen;
	size_t seen_len;
	/* Has also the byte before the block, which shows whether a line begins with
	 * the block, and some bytes after it, because the last TIME may go on
	 * there. */
	char bytes[1 + AS_BLOCK + AS_BLOCK_STAMP + 1];
};

/* Reads the last AS_BLOCK bytes before block->end; all bytes before it, if there are
 * fewer. */
void as_block_read(struct as_block *block);

/* Finds the next line whose TIME is not that of the line before: sets *at to its
 * offset in the file, and *time.  Returns false if the block has no more. */
bool as_block_next(struct as_block *block, off_t *at, int64_t *time);

/* seek.c - moves a log that was just opened forward, because most of a long log is too
 * old to matter.  as_seek_span moves it to where the lines begin that were written in
 * its last `span` ms, and as_seek_time to where those begin that are not before
 * `time`.  If the clock was set in the middle of the log, the lines from there on are
 * read, whatever TIME they have.  A small log, or a pipe, is read from its
 * beginning. */
void as_seek_span(struct as_in *in, int64_t span);
void as_seek_time(struct as_in *in, int64_t time);

/* recent.c - moves logs that were just opened, and that follow one another, oldest
 * first, to the lines that can matter to a reader that remembers `memory` ms before
 * `time`.  If the clock was set by more than an hour in the day before that memory, a
 * day more is read, as as_seek_time does. */
void as_recent_seek(struct as_in *logs, size_t n, int64_t time, int64_t memory);

/* table.c - gives each name of an app a number, from 0 on in the order of
 * arrival */

/* Returns a hash of the text.  It must stay as it is: if several as-fetch share the
 * apps (its option -s), the hash of an app's name says which of them asks for
 * it. */
uint32_t as_table_hash(struct as_text text);

struct as_table {
	char *names; /* all names, with a blank after each one */
	struct as_name {
		uint32_t at; /* where the name begins in names */
		uint32_t len;
	} * name;
	/* By hash: the number of an app, plus 1; 0 if the slot is free */
	uint32_t *slots;
	size_t n, room, n_slots, names_len, names_room;
	size_t next; /* the number of the app that probably comes next */
};

/* Returns the number of the app.  A new app is added, with the number table->n. */
size_t as_table_find(struct as_table *table, struct as_text app);
struct as_text as_table_name(const struct as_table *table, size_t number);

/* Returns whether the table has the app, and sets *number to its number, or to
 * 0. */
bool as_table_has(
    const struct as_table *table, struct as_text app, size_t *number);

/* Does the same as as_table_find for the app of a line, mostly without a search:
 * line->guess is the name that this table expects next.  So a struct as_line must
 * always be used with the same table. */
size_t as_table_line(struct as_table *table, struct as_line *line);

/* Expects the app after the one with this number in the next line; after the last
 * app, the first one. */
AS_INLINE void
as_table_expect(struct as_table *table, struct as_line *line, size_t number)
{
	const struct as_name *next;

	table->next = number + 1 < table->n ? number + 1 : 0;
	next = &table->name[table->next];
	line->guess.at = table->names + next->at;
	line->guess.len = (size_t)next->len + 1; /* the blank after it */
}

void as_table_free(struct as_table *table);

/* queue.c - values with their times, oldest first.  To save memory, a time is only
 * the low 32 bits of its milliseconds.  So now - time is right for ages of up to 49
 * days.  Spans are 30 days at most, and after a pause as_queue_pause is called, so
 * no older entry stays. */
struct as_entry {
	uint32_t time;
	int32_t value;
};

enum { AS_QUEUE_FEW = 5 }; /* enough for most queues, without malloc */

struct as_queue {
	/* head is the index of the oldest entry.  If spilled is set, the entries
	 * are in u.many, otherwise in u.few. */
	uint32_t head : 31, spilled : 1;
	uint32_t len;
	union {
		struct as_entry few[AS_QUEUE_FEW];
		struct {
			struct as_entry *at;
			size_t room;
		} many;
	} u;
};

/* Adds an entry at the end. */
void as_queue_push(struct as_queue *queue, struct as_entry entry);
void as_queue_clear(struct as_queue *queue);

static inline struct as_entry *
as_queue_first(struct as_queue *queue)
{
	return (queue->spilled ? queue->u.many.at : queue->u.few) + queue->head;
}

static inline size_t
as_queue_room(const struct as_queue *queue)
{
	return queue->spilled ? queue->u.many.room : AS_QUEUE_FEW;
}

/* Drops the entries that are at least `span` ms old at `now`: an entry from exactly
 * 60 s ago does not belong to the last 60 s. */
static inline void
as_queue_expire(struct as_queue *queue, uint32_t now, uint32_t span)
{
	while (queue->len > 0 && now - as_queue_first(queue)->time >= span) {
		queue->head++;
		queue->len--;
	}
}

/* Drops entries as as_queue_expire does at the time then + gap, where no entry is
 * younger than `then`.  This is right for a gap of any length, too: otherwise an
 * entry would seem young again after 49 days. */
static inline void
as_queue_pause(
    struct as_queue *queue, uint32_t then, int64_t gap, uint32_t span)
{
	if (gap < span)
		as_queue_expire(queue, then, span - (uint32_t)gap);
	else
		queue->len = 0;
}

/* Drops entries as as_queue_expire does, adds a value, and returns the greatest of
 * the values that are left, this one included.  All values of the queue but the
 * first must be added in this way, not with as_queue_push.  To get the smallest
 * value, add each value negated, and negate the result. */
int32_t as_queue_slide(
    struct as_queue *queue, uint32_t now, uint32_t span, int32_t value);

/* Does the same, fast if no entry is too old and there is room for one more.  An
 * older entry that is not greater than the new value is dropped, because the new
 * one stays longer.  So the values become smaller from the first to the last, and
 * the first is the greatest. */
AS_INLINE int32_t
as_queue_max(struct as_queue *queue, uint32_t now, uint32_t span, int32_t value)
{
	struct as_entry *first = as_queue_first(queue);
	uint32_t len = queue->len;

	if (AS_RARELY(len > 0 && now - first->time >= span))
		return as_queue_slide(queue, now, span, value);
	while (len > 0 && first[len - 1].value <= value)
		len--;
	if (AS_RARELY(queue->head + len >= AS_QUEUE_FEW) &&
	    queue->head + len == as_queue_room(queue))
		return as_queue_slide(queue, now, span, value);
	first[len] = (struct as_entry){now, value};
	queue->len = len + 1;
	return first->value;
}

#endif

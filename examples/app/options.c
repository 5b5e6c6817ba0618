/* options.c - the options of the demo application, and --help */
#include <errno.h>
#include <getopt.h>
#include <math.h>

#include "app.h"
#include "as.h"

static const struct as_tool tool = {
    .name = "demo-app",
    .synopsis = "[--OPTION VALUE]...",
    .purpose = "Plays an application: GET /app/status, PUT /app/replicas.",
    .needs = AS_NEEDS_NETWORK,
};

static struct options chosen = {
    .port = 8123,
    .replicas = 5,
    .startup = 30,
    .noise = 0.02,
    .seed = 1,
    .speed = 1,
    .hang = 10,
};

static const struct setting {
	const char *name, *arg;
	enum { WHOLE, REAL, HOUR, PATH } kind;
	double min, max;
	void *value; /* a const char * for PATH, or a double */
	const char *help;
} settings[] = {
    {"at", "HH:MM", HOUR, 0, 0, &chosen.at, "time of day at the start (00:00)"},
    {"csv", "FILE", PATH, 0, 0, &chosen.csv_file,
	"SECONDS DEMAND CPU REPLICAS READY for each 15 seconds"},
    {"days", "N", REAL, 0, 36500, &chosen.days,
	"days of the application until it ends; 0: never"},
    {"errors", "P", REAL, 0, 1, &chosen.errors,
	"share of requests that meet a 500, a 503 or silence"},
    {"hang", "SECONDS", REAL, 0, DAY, &chosen.hang,
	"silence lasts so long, then the connection is closed"},
    {"load", "FILE", PATH, 0, 0, &chosen.load_file,
	"follow this trace, not the built-in day"},
    {"log", "FILE", PATH, 0, 0, &chosen.log_file,
	"append METHOD PATH STATUS BODY for each request"},
    {"noise", "P", REAL, 0, 1, &chosen.noise,
	"relative standard deviation of cpu as it is read"},
    {"port", "N", WHOLE, 0, 65535, &chosen.port,
	"listen on 127.0.0.1:N; 0: on a free port"},
    {"port-file", "FILE", PATH, 0, 0, &chosen.port_file,
	"write the port number to this file"},
    {"replicas", "N", WHOLE, 1, AS_COUNT_MAX, &chosen.replicas,
	"replicas at the start"},
    {"seed", "N", WHOLE, 0, AS_COUNT_MAX, &chosen.seed,
	"another number: other noise and errors"},
    {"speed", "X", REAL, 0.001, 100000, &chosen.speed,
	"seconds of the application in one of the clock"},
    {"startup", "SECONDS", REAL, 0, DAY, &chosen.startup,
	"of the application until an ordered replica is ready"},
    {"stats", "FILE", PATH, 0, 0, &chosen.stats_file,
	"ticks=, mean_cpu=, puts= and more at the end"},
};

enum { SETTINGS = sizeof(settings) / sizeof(settings[0]) };

static void
help(void)
{
	printf("usage: %s %s\n%s\n\n", tool.name, tool.synopsis, tool.purpose);
	for (const struct setting *s = settings; s < settings + SETTINGS; s++) {
		printf("  --%-9s %-8s %s", s->name, s->arg, s->help);
		if (s->kind == WHOLE || s->kind == REAL)
			printf(" (%g)", *(double *)s->value);
		putchar('\n');
	}
	puts("  --help               this help");
	if (fflush(stdout) != 0)
		as_msg_die(EX_IOERR, "stdout: %s", strerror(errno));
	exit(0);
}

static bool
parse_hour(const char *text, double *seconds)
{
	double hours, minutes;

	if (strlen(text) != 5 || text[2] != ':' ||
	    strspn(text, "0123456789:") != 5 ||
	    !as_num_decimal((struct as_text){text, 2}, &hours) ||
	    !as_num_decimal((struct as_text){text + 3, 2}, &minutes) ||
	    hours > 23 || minutes > 59)
		return false;
	*seconds = hours * 3600 + minutes * 60;
	return true;
}

static bool
parse_number(const struct setting *s, const char *text, double *number)
{
	return as_num_decimal(as_text(text), number) && *number >= s->min &&
	    *number <= s->max && (s->kind == REAL || *number == floor(*number));
}

static void
set(const struct setting *s, const char *text)
{
	if (s->kind == PATH) {
		*(const char **)s->value = text;
	} else if (s->kind == HOUR) {
		if (!parse_hour(text, s->value))
			as_msg_die(
			    EX_USAGE, "--%s: not HH:MM: \"%s\"", s->name, text);
	} else if (!parse_number(s, text, s->value)) {
		as_msg_die(EX_USAGE,
		    "--%s: not a %snumber within %.10g..%.10g: "
		    "\"%s\"",
		    s->name, s->kind == WHOLE ? "whole " : "", s->min, s->max,
		    text);
	}
}

const struct options *
options_parse(int argc, char *argv[])
{
	struct option options[SETTINGS + 2] = {{0}};
	int i;

	for (i = 0; i < SETTINGS; i++)
		options[i] = (struct option){
		    settings[i].name, required_argument, NULL, i};
	options[i] = (struct option){"help", no_argument, NULL, SETTINGS};
	as_option_start(&tool);
	while ((i = getopt_long(argc, argv, ":", options, NULL)) != -1) {
		if (i == SETTINGS)
			help();
		if (i == ':')
			as_option_usage("%s: needs a value", argv[optind - 1]);
		if (i == '?')
			as_option_usage("%s: unknown option", argv[optind - 1]);
		set(&settings[i], optarg);
	}
	if (optind < argc)
		as_option_usage("%s: not an option", argv[optind]);
	return &chosen;
}

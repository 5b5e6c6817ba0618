/* jobs.c - processes that share the runs, and the one that prints their lines */
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sim.h"

enum { FOREVER = 2147483647 }; /* ms */

/* The copy has no use for what the others write.  If it kept their pipes open, they
 * would not notice that the printing process is gone. */
static void
become_copy(struct as_jobs *jobs, size_t number)
{
	for (size_t i = 0; i <= number; i++) {
		close(jobs->job[i].from);
		free(jobs->job[i].buf);
	}
	free(jobs->job);
	jobs->job = NULL;
	jobs->number = number;
	jobs->is_copy = true;
}

void
as_jobs_start(struct as_jobs *jobs)
{
	bool is_copy = false;

	jobs->job = as_mem_need(calloc(jobs->n, sizeof(*jobs->job)));
	for (size_t i = 0; i < jobs->n && !is_copy; i++) {
		const char *why = as_coproc_fork(&jobs->job[i], &is_copy);

		if (why != NULL)
			as_msg_die(EX_OSERR, "-j/--jobs: %s", why);
		jobs->job[i].wait = FOREVER;
		if (is_copy)
			become_copy(jobs, i);
	}
}

void
as_jobs_stop(struct as_jobs *jobs)
{
	for (size_t i = 0; i < jobs->n; i++)
		if (jobs->job[i].pid > 0) {
			kill(jobs->job[i].pid, SIGTERM);
			waitpid(jobs->job[i].pid, NULL, 0);
		}
}

AS_NORETURN static void
fail(struct as_jobs *jobs, const struct as_coproc *job, struct as_out *out,
    const char *why)
{
	as_out_flush(out);
	as_jobs_stop(jobs);
	if (WIFEXITED(job->status) && WEXITSTATUS(job->status) != 0)
		exit(WEXITSTATUS(job->status));
	as_msg_die(EX_OSERR, "a process of -j/--jobs: %s", why);
}

void
as_jobs_print(struct as_jobs *jobs, size_t r, struct as_out *out)
{
	struct as_coproc *job = &jobs->job[r % jobs->n];
	const char *line, *why = as_coproc_line(job, &line);
	size_t len;

	if (why != NULL)
		fail(jobs, job, out, why);
	len = as_length(line, job->buf + job->start);
	as_out_end(out, as_put(as_out_room(out, len), line, len));
}

void
as_jobs_end(struct as_jobs *jobs, struct as_out *out)
{
	for (size_t i = 0; i < jobs->n; i++) {
		const char *why = as_coproc_end(&jobs->job[i]);

		if (why != NULL)
			fail(jobs, &jobs->job[i], out, why);
	}
}

/* transfer.h - between http.c, transfer.c and judge.c: one request under way */
#ifndef AS_TRANSFER_H
#define AS_TRANSFER_H

#include <curl/curl.h>

#include "api.h"

struct as_transfer {
	CURL *curl;
	struct as_request *request;
	const struct as_api *api; /* whose limits curl has now */
	bool trusted;             /* and credentials */
	struct as_transfer *next;
	struct curl_slist *headers;
	struct as_buf body;
	char *redirected; /* to here, or NULL */
	int redirects;
	bool too_big;
	char word[16];
	char error[CURL_ERROR_SIZE];
	char detail[AS_DETAIL_MAX];
};

/* transfer.c - what is sent, and what bounds the answer */
struct as_transfer *as_transfer_new(void);
void as_transfer_free(struct as_transfer *transfer);

/* False: it cannot be sent, the reply says why. */
bool as_transfer_prepare(
    struct as_transfer *transfer, struct as_request *request);

/* Once more, from the beginning, to there */
void as_transfer_redirect(struct as_transfer *transfer, const char *to);

/* judge.c - what an answer, or none, means: fills in the reply.  False: it goes
 * on, elsewhere on the same host. */
bool as_judge_transfer(struct as_transfer *transfer, CURLcode rc);

/* There is no good answer: the word for err=, and why */
void as_judge(struct as_transfer *transfer, const char *word, int code,
    const char *detail);

#endif

/* curl - preloaded, it lets a function of libcurl fail: the first
 * curl_global_init() if $CURL_FAILS is "init"; the n-th curl_multi_add_handle() if
 * it is a number n */
#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>

int
curl_global_init(long flags)
{
	static int calls;
	int (*real)(long) = (int (*)(long))dlsym(RTLD_NEXT, "curl_global_init");
	const char *fails = getenv("CURL_FAILS");

	if (calls++ == 0 && fails != NULL && strcmp(fails, "init") == 0)
		return 2;
	return real(flags);
}

int
curl_multi_add_handle(void *multi, void *easy)
{
	static int calls;
	int (*real)(void *, void *) = (int (*)(void *, void *))dlsym(
	    RTLD_NEXT, "curl_multi_add_handle");
	const char *fails = getenv("CURL_FAILS");

	if (fails != NULL && ++calls == strtol(fails, NULL, 10))
		return 3;
	return real(multi, easy);
}

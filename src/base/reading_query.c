/*-------------------------------------------------------------------------
 *
 * reading_query.c
 *	  A query of the caller, which may only read.
 *
 *-------------------------------------------------------------------------
 */
#include "base/compat.h"

#include "tcop/cmdtag.h"
#include "utils/plancache.h"

#include "base/reading_query.h"

static void
refuse_query(const char *noun, const char *hint, const char *detail)
{
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("%s must be one SELECT that only reads", noun),
			 errdetail("%s", detail),
			 errhint("%s", hint)));
}

SPIPlanPtr
wa_reading_query_prepare(const char *text, const char *noun, const char *hint, TupleDesc *columns)
{
	SPIPlanPtr	plan;
	List	   *sources;
	CachedPlanSource *source;
	const Query *query;

	if (SPI_connect() != SPI_OK_CONNECT)
		elog(ERROR, "SPI_connect failed");
	plan = SPI_prepare_cursor(text, 0, NULL, CURSOR_OPT_PARALLEL_OK);
	if (plan == NULL)
		elog(ERROR, "SPI_prepare_cursor failed: %s", SPI_result_code_string(SPI_result));
	sources = SPI_plan_get_plan_sources(plan);
	if (list_length(sources) != 1)
		refuse_query(noun, hint, psprintf("It holds %d statements.", list_length(sources)));
	source = linitial(sources);
	if (source->commandTag != CMDTAG_SELECT)
		refuse_query(noun, hint, psprintf("It is %s.", GetCommandTagName(source->commandTag)));
	if (source->resultDesc == NULL)
		refuse_query(noun, hint, "It is SELECT INTO.");
	query = linitial_node(Query, source->query_list);
	if (query->hasModifyingCTE)
		refuse_query(noun, hint, "Its WITH changes rows.");
	if (query->hasForUpdate)
		refuse_query(noun, hint, "It locks rows.");
	*columns = source->resultDesc;
	return plan;
}

typedef struct row_receiver
{
	DestReceiver dest;			/* first: this is how the executor knows it */
	void		(*receive) (void *arg, TupleTableSlot *row);
	void	   *arg;
} row_receiver;

static bool
receive_row(TupleTableSlot *slot, DestReceiver *self)
{
	row_receiver *receiver = (row_receiver *) self;

	receiver->receive(receiver->arg, slot);
	return true;
}

void
wa_reading_query_run(SPIPlanPtr plan, void (*receive) (void *arg, TupleTableSlot *row), void *arg)
{
	row_receiver receiver = {*None_Receiver, receive, arg};
	SPIExecuteOptions options = {.read_only = true,.must_return_tuples = true,.dest = &receiver.dest};
	int			result;

	receiver.dest.receiveSlot = receive_row;
	result = SPI_execute_plan_extended(plan, &options);
	if (result < 0)
		elog(ERROR, "SPI_execute_plan_extended failed: %s", SPI_result_code_string(result));
	SPI_finish();
}

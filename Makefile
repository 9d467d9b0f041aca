# wa_policy: PGXS build.  "make help" lists the targets.

# The folder of this file: "make -f /path/to/Makefile" builds elsewhere.
top         := $(patsubst %/,%,$(dir $(firstword $(MAKEFILE_LIST))))

EXTENSION    = wa_policy
MODULE_big   = wa_policy
# Not VERSION: that is the server's in PGXS.
EXTVERSION  := $(shell sed -n "s/^default_version *= *'\(.*\)'/\1/p" $(top)/wa_policy.control)
PG_CONFIG   ?= pg_config

# The install script is put together from one fragment per subject, which
# stands beside the C file of that subject, in the order in which they need
# one another.
SQL_FRAGMENTS = \
	src/base/header.sql \
	src/base/category.sql \
	src/base/refuse.sql \
	src/recipient/recipient.sql \
	src/errors/errors.sql \
	src/events/phrase.sql \
	src/rules/region_rule.sql \
	src/rules/pacing.sql \
	src/state/state.sql \
	src/state/delivery.sql \
	src/state/sender.sql \
	src/state/erased.sql \
	src/state/hold.sql \
	src/identity/identity.sql \
	src/signature/signature.sql \
	src/ingest/ingest.sql \
	src/operator/consent.sql \
	src/operator/import.sql \
	src/operator/purge.sql \
	src/operator/forget.sql \
	src/planner/support.sql \
	src/decision/decision.sql \
	src/claims/claims.sql \
	src/report/message.sql \
	src/state/template.sql \
	src/report/person.sql \
	src/nodes/digest.sql \
	src/nodes/subscription.sql \
	src/report/views.sql \
	src/report/health.sql \
	src/report/report.sql \
	src/report/forecast.sql \
	src/base/privileges.sql \
	src/base/roles.sql \
	src/base/finish.sql

# Goals that are scripts.  They must work before there is a PGXS to include:
# check and demo install what is missing, where they may.
SCRIPTED     = help check check-majors check-package compile-check fuzz sanitize load bench demo docs lint format format-check coverage dist version

ifneq (,$(filter $(SCRIPTED),$(MAKECMDGOALS)))

export PG_CONFIG MAKE
.NOTPARALLEL:

help: ## this list
	@echo 'make               build'
	@echo 'make install       install into the PostgreSQL of PG_CONFIG'
	@echo 'make installcheck  run the SQL tests against an installed extension and a running server'
	@echo 'make clean         remove what was built'
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/\1|\2/p' $(top)/Makefile | \
		while IFS='|' read -r goal text; do printf 'make %-13s %s\n' "$$goal" "$$text"; done
	@echo
	@echo 'make check SUITE=regress TEST=recipient   one suite, one test of it (test/README.md)'
	@echo 'make check PG_CONFIG=/usr/lib/postgresql/17/bin/pg_config   another PostgreSQL'
	@echo 'KEEP=1 make demo                          leave the server of the demo running'

check: ## every test, on a throwaway server; installs what is missing, where it may
	@$(top)/test/check

check-majors: ## the tests on PostgreSQL 17 and 18, in Debian chroots (as root; MAJORS=18)
	@$(top)/test/majors

check-package: ## the Debian package: built, looked at, installed, tested, removed, in a chroot (as root)
	@$(top)/test/package

compile-check: ## compile against the headers of the PostgreSQL majors that are not here
	@$(top)/test/compile-check

fuzz: ## libFuzzer on the code that reads untrusted bytes (FUZZ_SECONDS=60 each, FUZZ=name)
	@$(top)/test/fuzz/run

sanitize: ## the SQL tests, races and laws under UBSan, a few under valgrind
	@$(top)/test/sanitize

load: ## 16 clients of webhooks and decisions (LOAD_SECONDS=60)
	@$(top)/test/load/run

demo: ## 5 000 customers and a day of webhooks on a throwaway server
	@$(top)/test/demo/run

docs: ## write what their SQL prints into README.md and docs/, and docs/error-codes.md
	@$(top)/test/docs --write

lint: ## clang-tidy, cppcheck and shellcheck
	@$(top)/test/lint

format: ## lay the lines out by clang-format that differ from the last commit
	@$(top)/test/lint format-changes

format-check: ## where clang-format would lay the C out otherwise (never fails)
	@$(top)/test/lint format

coverage: ## how much of src/ the unit and SQL tests run, by gcov
	@$(top)/test/coverage

bench: ## the speed against what one would write instead (test/bench; ROW=name, SCALE=0.02)
	@$(top)/test/bench/run

dist: ## the release archive, its SBOM and checksums in build/dist, from the last commit
	@$(top)/test/dist

version: ## says which version this is
	@echo $(EXTVERSION)

.PHONY: $(SCRIPTED) $(MAKECMDGOALS)

# Ordinary goals on the same command line.
$(filter-out $(SCRIPTED),$(MAKECMDGOALS)):
	$(MAKE) $@

else

OBJS         = $(patsubst $(top)/%.c,%.o,$(sort $(wildcard $(top)/src/*.c $(top)/src/*/*.c)))

DATA         = $(patsubst $(top)/%,%,$(wildcard $(top)/sql/$(EXTENSION)--*--*.sql))
DATA_built   = sql/$(EXTENSION)--$(EXTVERSION).sql
EXTRA_CLEAN  = build

# -Werror is for "make check" (test/check sets WERROR): a compiler that we do
# not know yet must not keep a DBA from building.
PG_CPPFLAGS  = -I$(patsubst ./%,%,$(top)/src) -DWA_POLICY_VERSION='"$(EXTVERSION)"'
PG_CFLAGS    = -std=gnu11 -fvisibility=hidden -Wall -Wextra $(WERROR) -Wno-unused-parameter -Wno-sign-compare
SHLIB_LINK   = -ljson-c

# Every file in sql/ but the install scripts is a test.  Soft errors came with
# PostgreSQL 16.  The TAP tests are not in here: they start servers of their
# own, kill and crash them; "make check" runs them.
REGRESS      = $(filter-out $(NOT_HERE) $(EXTENSION)--%,$(patsubst $(top)/sql/%.sql,%,$(sort $(wildcard $(top)/sql/*.sql))))
REGRESS_OPTS = --load-extension=$(EXTENSION) --outputdir=build/regress
REGRESS_PREP = output-folders
NOT_HERE     = $(if $(filter 15,$(MAJORVERSION)),%_soft)

ISOLATION    = $(patsubst $(top)/test/isolation/specs/%.spec,%,$(sort $(wildcard $(top)/test/isolation/specs/*.spec)))
ISOLATION_OPTS = --load-extension=$(EXTENSION) --inputdir=$(top)/test/isolation --outputdir=build/isolation

PGXS        := $(shell $(PG_CONFIG) --pgxs)
ifeq (,$(wildcard $(PGXS)))
$(error no PGXS at "$(PGXS)": install postgresql-server-dev-NN, or say PG_CONFIG=/path/to/pg_config)
endif

# Bitcode serves JIT inlining alone, for which these functions are too large; to make it takes as long as all else.
override with_llvm = no

# Built elsewhere, objects that lie in the tree would be taken for its own.
ifneq (.,$(top))
ifneq (,$(wildcard $(top)/build/flags))
ifneq ($(realpath $(top)),$(CURDIR))
$(error "$(top)" has been built in: run "make clean" there first)
endif
endif
endif

include $(PGXS)

.DELETE_ON_ERROR:

sql/$(EXTENSION)--$(EXTVERSION).sql: $(addprefix $(top)/,$(SQL_FRAGMENTS) Makefile wa_policy.control)
	@mkdir -p sql
	cat $(addprefix $(top)/,$(SQL_FRAGMENTS)) > $@

# PGXS tracks neither headers nor flags.  Any changed header rebuilds all objects,
# and so does another server version or another option.
$(OBJS) $(OBJS:.o=.bc): build/flags $(wildcard $(top)/src/*.h $(top)/src/*/*.h)

build/flags: export WA_FLAGS = $(CC) $(CPPFLAGS) $(CFLAGS)
build/flags: always
	@mkdir -p build $(sort $(dir $(OBJS)))
	@printf '%s\n' "$$WA_FLAGS" | cmp -s - $@ || printf '%s\n' "$$WA_FLAGS" > $@

# The SQL tests include test/helpers.sql and others.
output-folders:
	mkdir -p build/regress build/isolation
	[ -e test ] || ln -s $(abspath $(top))/test test

# For scripts: the value of a variable.
print-%:
	@echo '$($*)'

.PHONY: always output-folders

endif

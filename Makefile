# For those whose fingers say make: the two commands are in dev.py.
.PHONY: run test

run test:
	@python3 dev.py $@

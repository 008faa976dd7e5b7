"""A made-up county to try the system with: same seed, same data. Only the command line imports this.

Names of the county and its townships are real (GB/T 2260 and the statistical codes); villages, hamlets,
people, numbers, incomes and visits are invented. Identity numbers carry sequences 990 to 999, which are not
given out.
"""

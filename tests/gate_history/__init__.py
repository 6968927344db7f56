"""The history of the gate under fire, and the checker of histories. `make test-gate`; Jepsen's method, at our size.

`run` starts several `worker` processes that call the gate at random, many of them on the same few submissions, through
`proxy`, which delays, cuts and loses what passes between them and the store; it kills workers and the real withdrawal
service, and starts them again; meanwhile it rotates the keyring (`rotating`). Killed itself it leaves nobody behind
(`tied`). Each worker writes every call into its file (`history`, `calls`): begun, and how it ended, or that nobody
knows. At the end all that was asked for is carried out (`draining`), and the store and the topics are read (`ending`).
Then `checker` looks for one order of all calls on each submission (`linearize`) that the gate's promise (`model`)
allows, and for breaches of plainer laws; `reading` is what it reads them by.
`scenes` at `broken` gates, and `spoil`ed histories, show that it notices.
"""

"""Runs a command on a terminal of its own, closes the terminal, and prints how the command ended."""
import os, pty, sys, time

pattern = sys.argv[1].encode()
pid, terminal = pty.fork()
if pid == 0:
    os.execvp(sys.argv[2], sys.argv[2:])
output = b''
while pattern not in output:
    output += os.read(terminal, 65536)
os.close(terminal)
_, status = os.waitpid(pid, 0)
print(os.waitstatus_to_exitcode(status))

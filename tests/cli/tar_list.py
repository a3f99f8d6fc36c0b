"""List a tar file as tar -t does, and refuse what a package may not hold."""
import sys
import tarfile

with tarfile.open(sys.argv[1], "r:") as tar:
    for member in tar:
        if not member.isreg() or member.mode != 0o444 or member.uid \
                or member.gid or member.uname or member.gname:
            sys.exit("not a plain member: " + member.name)
        print(member.name)

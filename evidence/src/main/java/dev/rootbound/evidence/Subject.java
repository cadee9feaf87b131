package dev.rootbound.evidence;

/** What is to be shown of a container, in the order in which it is. */
enum Subject {
    FIRST_PROCESS("the process that the engine calls its first one is that"),
    MAPS("ids inside are ids of its lease outside, and no others"),
    IDS("every uid, gid and group of every process is of its lease"),
    NAMESPACE("every process is in a user namespace below the host's, made by the engine"),
    CAPABILITIES("no capability of any process counts on the host"),
    NO_NEW_PRIVILEGES("no_new_privs is set if that was asked for"),
    SECCOMP("system calls are filtered unless that was asked away"),
    MOUNTS("file systems of the host are id-mapped or read-only in it"),
    FLAGS("set-user-ID programs and device nodes on them are void"),
    WRITES("what it writes there is not host root's nor a stranger's on disk"),
    SET_IDS("set-user-ID files that it can have left on the host give its tenant's rights only"),
    DESCRIPTORS("no descriptor, directory or program that it holds is outside of it"),
    FILES("its files on disk are owned by the foreign range"),
    STORE("nobody but root can reach them there"),
    DISJOINT("its lease is nobody else's: no user's, group's, subordinate id or other lease"),
    ELSEWHERE("no process outside of it has an id of its lease");

    private final String sentence;

    Subject(String sentence) {
        this.sentence = sentence;
    }

    String sentence() {
        return sentence;
    }
}

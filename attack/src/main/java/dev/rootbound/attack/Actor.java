package dev.rootbound.attack;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;

/** An agent's system calls as those of a C library: with names, and an error as an exception. */
final class Actor {
    static final int READ = 0;
    static final int WRITE = 1;
    static final int READ_WRITE = 2;
    static final int CREATE = 0100 | 0200 | WRITE; // O_CREAT | O_EXCL

    static final int CHARACTER = 0020000; // S_IFCHR
    static final int BLOCK = 0060000; // S_IFBLK

    static final int REMOUNT = 32;
    static final int BIND = 4096;

    private static final int CWD = -100; // AT_FDCWD
    private static final int CLOEXEC = 02000000;
    private static final int REMOVE_DIRECTORY = 0x200;
    private static final int DETACH = 2;

    private final Agent agent;

    Actor(Agent agent) {
        this.agent = agent;
    }

    long call(Call call, String on, long... arguments) throws IOException {
        return agent.call(call, on, arguments);
    }

    long call(Call call, String on, Memory memory, long... arguments) throws IOException {
        return agent.call(call, on, memory, arguments);
    }

    <T> T inChild(Agent.Step<T> step) throws IOException {
        return agent.inChild(step);
    }

    int execute(String path) throws IOException {
        return agent.execute(path);
    }

    long open(String path, int flags) throws IOException {
        var memory = new Memory();
        long name = memory.text(path);
        return call(Call.OPENAT, path, memory, CWD, name, flags | CLOEXEC, 0600);
    }

    void close(long fd) throws IOException {
        call(Call.CLOSE, "", fd);
    }

    byte[] read(long fd, int length) throws IOException {
        var memory = new Memory();
        long buffer = memory.space(length);
        long n = call(Call.READ, "", memory, fd, buffer, length);
        if (n < 0 || n > length) { // the tenant can forge it: no room is made for so much
            throw new IOException(
                    "read: the agent says it read "
                            + n
                            + " bytes where "
                            + length
                            + " were asked for");
        }
        return memory.at(buffer, (int) n);
    }

    String readFile(String path) throws IOException {
        long fd = open(path, READ);
        var bytes = read(fd, 4096);
        close(fd);
        return new String(bytes, ISO_8859_1);
    }

    void write(long fd, String on, String text) throws IOException {
        var memory = new Memory();
        var bytes = text.getBytes(ISO_8859_1);
        long buffer = memory.put(bytes);
        call(Call.WRITE, on, memory, fd, buffer, bytes.length);
    }

    void writeFile(String path, String text) throws IOException {
        long fd = open(path, WRITE);
        write(fd, path, text);
        close(fd);
    }

    boolean exists(String path) throws IOException {
        try {
            close(open(path, 010000000)); // O_PATH
            return true;
        } catch (dev.rootbound.linux.ErrnoException e) {
            return false;
        }
    }

    void makeDirectory(String path) throws IOException {
        var memory = new Memory();
        call(Call.MKDIRAT, path, memory, CWD, memory.text(path), 0700);
    }

    void makeNode(String path, int type, int major, int minor) throws IOException {
        var memory = new Memory();
        call(Call.MKNODAT, path, memory, CWD, memory.text(path), type | 0600, device(major, minor));
    }

    /** As makedev(3), of small numbers. */
    private static long device(int major, int minor) {
        return (long) major << 8 | (minor & 0xff) | (long) (minor & ~0xff) << 12;
    }

    void changeMode(String path, int mode) throws IOException {
        var memory = new Memory();
        call(Call.FCHMODAT, path, memory, CWD, memory.text(path), mode);
    }

    void changeOwner(String path, long uid, long gid) throws IOException {
        var memory = new Memory();
        call(Call.FCHOWNAT, path, memory, CWD, memory.text(path), uid, gid, 0);
    }

    void remove(String path) throws IOException {
        var memory = new Memory();
        call(Call.UNLINKAT, path, memory, CWD, memory.text(path), 0);
    }

    void removeDirectory(String path) throws IOException {
        var memory = new Memory();
        call(Call.UNLINKAT, path, memory, CWD, memory.text(path), REMOVE_DIRECTORY);
    }

    void rename(String from, String to) throws IOException {
        var memory = new Memory();
        long old = memory.text(from);
        call(Call.RENAMEAT, from + " to " + to, memory, CWD, old, CWD, memory.text(to));
    }

    void link(String from, String to) throws IOException {
        var memory = new Memory();
        long old = memory.text(from);
        call(Call.LINKAT, from, memory, CWD, old, CWD, memory.text(to), 0);
    }

    void symlink(String leadsTo, String path) throws IOException {
        var memory = new Memory();
        long target = memory.text(leadsTo);
        call(Call.SYMLINKAT, path, memory, target, CWD, memory.text(path));
    }

    void mount(String type, String target, String options) throws IOException {
        var memory = new Memory();
        long name = memory.text(type);
        long place = memory.text(target);
        long data = memory.text(options);
        call(Call.MOUNT, type + " " + options, memory, name, place, name, 0, data);
    }

    void remount(String target) throws IOException {
        var memory = new Memory();
        long place = memory.text(target);
        call(Call.MOUNT, "remount " + target, memory, 0, place, 0, REMOUNT | BIND, 0);
    }

    void unmount(String target) throws IOException {
        var memory = new Memory();
        call(Call.UMOUNT2, target, memory, memory.text(target), DETACH);
    }
}

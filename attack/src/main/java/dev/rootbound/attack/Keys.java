package dev.rootbound.attack;

import dev.rootbound.linux.Errno;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** Keys that host root has in the kernel (keyrings(7)). */
final class Keys {
    private static final int JOIN_SESSION = 1;
    private static final int LINK = 8;
    private static final int SEARCH = 10;
    private static final int READ = 11;
    private static final int PROCESS_KEYRING = -2;
    private static final int USER_KEYRING = -4;

    private static final String WHY =
            "a user's keyring is of one user namespace (user_namespaces(7)), and the filter has no"
                    + " keyctl";

    static final List<Attack> ALL =
            List.of(
                    Attack.onKernel(
                                    "find-key",
                                    "find a key of host root's and read it",
                                    WHY,
                                    Keys::find)
                            .orRefusedBy(Errno.ENOKEY)
                            .needing(Keys::missing),
                    Attack.onKernel(
                                    "read-key",
                                    "read a key of host root's by its number",
                                    WHY,
                                    s -> {
                                        link(s);
                                        return read(s, s.canaries().secrets().key());
                                    })
                            .orRefusedBy(Errno.ENOKEY)
                            .needing(Keys::missing),
                    Attack.onFilter(
                                    "session-keyring",
                                    "make a session keyring",
                                    "the filter has no keyctl: keys are counted by user",
                                    s -> {
                                        s.twin().call(Call.KEYCTL, "join", JOIN_SESSION, 0);
                                        return "a session keyring was made";
                                    })
                            .needing(Keys::missing));

    private Keys() {}

    private static Optional<String> missing(Actor host) throws IOException {
        return host.exists("/proc/keys") ? Optional.empty() : Optional.of("no keys in this kernel");
    }

    private static void link(Scene s) throws IOException {
        if (s.canaries().secrets().key() == 0) throw new NotThereException("no key for a canary");
        s.twin().call(Call.KEYCTL, "link", LINK, USER_KEYRING, PROCESS_KEYRING);
    }

    private static String find(Scene s) throws IOException {
        link(s);
        var memory = new Memory();
        long type = memory.text("user");
        long name = memory.text(HostSecrets.KEY);
        var key = s.twin().call(Call.KEYCTL, "search", memory, SEARCH, USER_KEYRING, type, name, 0);
        return read(s, key);
    }

    private static String read(Scene s, long key) throws IOException {
        var memory = new Memory();
        long buffer = memory.space(64);
        s.twin().call(Call.KEYCTL, "read", memory, READ, key, buffer, 64);
        return s.canaries().found(memory.at(buffer, 64), "key " + key);
    }
}

package dev.rootbound.app;

import dev.rootbound.idmap.IdPool;
import dev.rootbound.idmap.IdRange;
import dev.rootbound.idmap.SubidFile;
import dev.rootbound.linux.Processes;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The subordinate ids of who runs this command, its permanent block. */
record OwnIds(int uid, IdRange uids, IdRange gids) {
    private static final int CANNOT_START = 125;

    static OwnIds read() throws IOException {
        int uid = Processes.ownUid();
        var name = System.getProperty("user.name");
        return new OwnIds(uid, block("/etc/subuid", name, uid), block("/etc/subgid", name, uid));
    }

    private static IdRange block(String file, String name, int uid) throws IOException {
        var path = Path.of(file);
        var text = Files.exists(path) ? Files.readString(path, StandardCharsets.ISO_8859_1) : "";
        var ranges = SubidFile.parse(text, file).rangesOf(name, uid);
        if (ranges.isEmpty()) {
            throw new CliException(
                    1,
                    name
                            + " has no subordinate ids in "
                            + file
                            + ": the engine gives them to who first mounts a host path into a"
                            + " container");
        }
        var first = ranges.getFirst();
        return new IdRange(first.first(), Math.min(first.size(), IdPool.BLOCK));
    }

    /**
     * Runs a command in a user namespace with these ids: unshare(1), which asks newuidmap(1).
     *
     * @return its exit code
     */
    int run(List<String> command) throws IOException, InterruptedException {
        var line = new ArrayList<>(List.of("unshare", "--user"));
        int own = uid == 0 ? 0 : 1; // a user is root itself, in place of its block's first id
        if (own == 1) line.addAll(List.of("--map-user=0", "--map-group=0"));
        else line.addAll(List.of("--setuid=0", "--setgid=0"));
        line.add("--map-users=" + map(uids, own));
        line.add("--map-groups=" + map(gids, own));
        line.add("--");
        line.addAll(command);
        try {
            return new ProcessBuilder(line).inheritIO().start().waitFor();
        } catch (IOException e) {
            throw new CliException(
                    CANNOT_START, "unshare: " + e.getMessage() + "; install util-linux");
        }
    }

    /** Outer, inner, count: as unshare(1) of util-linux 2.38 has it; newer ones take it too. */
    private static String map(IdRange ids, int from) {
        return (ids.first() + from) + "," + from + "," + (ids.size() - from);
    }
}

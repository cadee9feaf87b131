package dev.rootbound.evidence;

import dev.rootbound.linux.ErrnoException;
import dev.rootbound.linux.ProcFile;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * All processes of the host, as they belong to a container or not. One belongs to it that is in its
 * cgroup, shares a namespace with its first process that is not the host's, or is in a user
 * namespace below: whatever the engine knows of it.
 *
 * @param members pids, the first process's first
 * @param strays not of the container, but with an id of its lease
 * @param unseen not of its cgroup and with none of its ids, and not let be looked into: they may
 *     more than the engine
 */
record Population(List<Long> members, List<String> strays, List<String> unseen) {
    Population {
        members = List.copyOf(members);
        strays = List.copyOf(strays);
        unseen = List.copyOf(unseen);
    }

    static Population of(Claim claim) throws IOException {
        return new Census(claim).take();
    }

    private static final class Census {
        private final Claim claim;
        private final Map<String, String> host = links(ProcessHandle.current().pid()).orElseThrow();
        private final Map<String, String> first;
        private final List<Long> members = new ArrayList<>();
        private final List<String> strays = new ArrayList<>();
        private final List<String> unseen = new ArrayList<>();

        Census(Claim claim) throws IOException {
            this.claim = claim;
            this.first = links(claim.pid()).orElse(Map.of());
        }

        Population take() throws IOException {
            try (var all = Files.newDirectoryStream(Path.of("/proc"), "[0-9]*")) {
                for (var each : all) {
                    look(Long.parseLong(String.valueOf(each.getFileName())));
                }
            }
            members.sort((a, b) -> rank(a) == rank(b) ? Long.compare(a, b) : rank(a) - rank(b));
            return new Population(members, strays, unseen);
        }

        private int rank(long pid) {
            return pid == claim.pid() ? 0 : 1;
        }

        private void look(long pid) throws IOException {
            var status = ProcFile.read(pid, "status");
            if (status.isEmpty()) {
                return;
            }
            var task = Task.parse(status.get());
            if (task.isDead()) {
                return;
            }
            try {
                if (isMember(pid)) {
                    members.add(pid);
                } else if (hasLeased(task)) {
                    strays.add(ProcessFacts.title(pid, task));
                }
            } catch (AccessDeniedException e) {
                (hasLeased(task) ? strays : unseen).add(ProcessFacts.title(pid, task));
            }
        }

        private boolean hasLeased(Task task) {
            return task.ids().stream().anyMatch(claim.ids()::contains);
        }

        private boolean isMember(long pid) throws IOException {
            if (CgroupPath.anyIsOf(ProcFile.read(pid, "cgroup").orElse(""), claim.id())) {
                return true;
            }
            var links = links(pid).orElse(Map.of());
            for (var link : links.entrySet()) {
                boolean ofHost = link.getValue().equals(host.get(link.getKey()));
                if (!ofHost && link.getValue().equals(first.get(link.getKey()))) {
                    return true;
                }
            }
            return isBelow(pid, links);
        }

        private boolean isBelow(long pid, Map<String, String> links) throws IOException {
            var user = links.get("user");
            var container = first.get("user");
            if (user == null || container == null || user.equals(host.get("user"))) {
                return false;
            }
            try {
                return UserSpace.of(pid).isBelow(inode(container));
            } catch (ErrnoException e) {
                return false; // it has ended
            }
        }

        private static long inode(String link) {
            return Long.parseLong(link.replaceAll("[^0-9]", ""));
        }
    }

    /** {@code user:[4026531837]} by {@code user}; empty if there is no such process any more. */
    static Optional<Map<String, String>> links(long pid) throws IOException {
        var links = new HashMap<String, String>();
        var types = new ArrayList<>(ProcessFacts.TYPES);
        types.add("user");
        for (var type : types) {
            try {
                var link = Path.of("/proc/" + pid + "/ns/" + type);
                links.put(type, Files.readSymbolicLink(link).toString());
            } catch (NoSuchFileException e) {
                if (!Files.exists(Path.of("/proc/" + pid))) {
                    return Optional.empty();
                }
            } catch (AccessDeniedException e) {
                throw e;
            } catch (FileSystemException e) {
                return Optional.empty(); // ESRCH: it has ended
            }
        }
        return Optional.of(links);
    }
}

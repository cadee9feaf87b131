package dev.rootbound.engine;

import dev.rootbound.image.Image;
import dev.rootbound.linux.DurableFiles;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;

/**
 * Which of host root's images a caller in one of its containers has brought or named last. Such a
 * caller acts for root's tenant and shares its images, and would be root on the host if root ran
 * one of them with the host's ids. Thread-safe.
 */
final class InsideImages {
    private final Path file;

    /** Ids; guarded by this. */
    private final Set<String> ids;

    /**
     * @param file an id a line; made when there is one
     */
    InsideImages(Path file) throws IOException {
        this.file = file;
        this.ids = new TreeSet<>(Files.exists(file) ? Files.readAllLines(file) : Set.of());
    }

    /** Somebody has brought or named an image: what host root itself does so is its own again. */
    synchronized void named(Caller caller, Image image) throws IOException {
        if (caller.tenant().uid() == 0) mark(image, !caller.isHostRoot());
    }

    /**
     * Host root has built an image.
     *
     * @param inside whether on one that a container of its has brought or named last: whose
     *     commands and files those are, the new one's are, too
     */
    synchronized void built(Caller caller, Image image, boolean inside) throws IOException {
        if (caller.tenant().uid() == 0) mark(image, inside || !caller.isHostRoot());
    }

    synchronized boolean has(Image image) {
        return ids.contains(image.id().toString());
    }

    private void mark(Image image, boolean inside) throws IOException {
        var id = image.id().toString();
        boolean changed = inside ? ids.add(id) : ids.remove(id);
        if (!changed) return;
        var text = ids.isEmpty() ? "" : String.join("\n", ids) + "\n";
        DurableFiles.write(file, text.getBytes(StandardCharsets.UTF_8));
    }

    /**
     * Refuses to run one with ids or devices of the host, which its container could not have asked
     * for. Namespaces of the host are worth little to who has neither.
     *
     * @throws EngineException.Denied with what helps
     */
    synchronized void refuse(ContainerSpec spec, Image image) {
        if (!has(image)) return;
        var reaching =
                Ask.reachingHost(spec)
                        .filter(ask -> ask.setting() != Setting.HOST_NAMESPACES)
                        .findFirst();
        if (reaching.isEmpty()) return;
        throw new EngineException.Denied(
                "image "
                        + TextRule.shown(spec.image())
                        + " was brought or named last from within one of root's containers: "
                        + reaching.get().what()
                        + " is not for what those run; if it is what you mean, name it yourself:"
                        + " rootbound tag "
                        + image.id()
                        + " "
                        + TextRule.shown(spec.image()));
    }
}

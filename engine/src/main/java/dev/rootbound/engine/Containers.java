package dev.rootbound.engine;

import dev.rootbound.idmap.Tenant;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Predicate;

/** The containers that there are, by id and by each tenant's names. */
final class Containers {
    private final TreeMap<String, ContainerEntry> byId = new TreeMap<>();
    private final Map<Tenant, Map<String, String>> idsByName = new HashMap<>();

    /**
     * Adds one under a name that is free; {@code chosen} is asked for the name while nobody else
     * can take it.
     */
    synchronized String reserve(
            Tenant tenant, Function<Map<String, String>, String> chosen, String id) {
        var names = idsByName.computeIfAbsent(tenant, _ -> new HashMap<>());
        var name = chosen.apply(names);
        var holder = names.putIfAbsent(name, id);
        if (holder != null) {
            throw new EngineException.Conflict(
                    "Conflict. The container name \"/"
                            + name
                            + "\" is already in use by container \""
                            + holder
                            + "\". You have to remove (or rename) that container to be able to reuse that name.");
        }
        return name;
    }

    /** Takes another name for a container, which keeps its own meanwhile. */
    synchronized void reserveForRename(Container container, String name) {
        if (name.equals(container.name())) {
            throw new EngineException.Invalid(
                    "Renaming a container with the same name as its current name");
        }
        try {
            var _ = reserve(container.tenant(), _ -> name, container.id());
        } catch (EngineException.Conflict e) {
            throw new EngineException.Conflict("Error when allocating new name: " + e.getMessage());
        }
    }

    /** Frees a name, unless another container has it by now. */
    synchronized void release(Tenant tenant, String name, String id) {
        var names = idsByName.get(tenant);
        if (names != null) {
            names.remove(name, id);
        }
    }

    synchronized void add(ContainerEntry entry) {
        var container = entry.container();
        byId.put(container.id(), entry);
        idsByName
                .computeIfAbsent(container.tenant(), _ -> new HashMap<>())
                .put(container.name(), container.id());
    }

    /** False if it was removed before. */
    synchronized boolean remove(Container container) {
        release(container.tenant(), container.name(), container.id());
        return byId.remove(container.id()) != null;
    }

    /** By full id, whosever it is. */
    synchronized Optional<ContainerEntry> byId(String id) {
        return Optional.ofNullable(byId.get(id));
    }

    synchronized Collection<ContainerEntry> all() {
        return List.copyOf(byId.values());
    }

    /** This tenant's, newest first. */
    List<ContainerEntry> of(Tenant tenant) {
        return of(tenant::equals);
    }

    /** These tenants', newest first. */
    List<ContainerEntry> of(Predicate<Tenant> tenants) {
        return all().stream()
                .filter(entry -> tenants.test(entry.container().tenant()))
                .sorted(
                        Comparator.comparing((ContainerEntry entry) -> entry.container().created())
                                .reversed())
                .toList();
    }

    /** As {@link #seek}; refuses what is not there. */
    ContainerEntry find(Tenant tenant, String text) {
        return seek(tenant, text).orElseThrow(() -> notFound(text));
    }

    static EngineException.NotFound notFound(String text) {
        return new EngineException.NotFound("No such container: " + text);
    }

    /** By name alone. */
    synchronized Optional<ContainerEntry> named(Tenant tenant, String name) {
        return Optional.ofNullable(idsByName.getOrDefault(tenant, Map.of()).get(name))
                .map(byId::get);
    }

    /** By full id, name or unique prefix of the id, of this tenant only. */
    synchronized Optional<ContainerEntry> seek(Tenant tenant, String text) {
        var exact = byId.get(text);
        if (exact != null && exact.container().tenant().equals(tenant)) {
            return Optional.of(exact);
        }
        var named = named(tenant, text.startsWith("/") ? text.substring(1) : text);
        if (named.isPresent()) {
            return named;
        }
        var matches =
                text.isEmpty()
                        ? List.<ContainerEntry>of()
                        : byId.subMap(text, text + Character.MAX_VALUE).values().stream()
                                .filter(e -> e.container().tenant().equals(tenant))
                                .toList();
        if (matches.size() > 1) {
            throw new EngineException.Invalid("multiple IDs found with provided prefix: " + text);
        }
        return matches.stream().findFirst();
    }

    /** Where containers' directories are, those that were left half made included. */
    static List<Path> directories(Path root) throws IOException {
        try (var all = Files.list(root)) {
            return all.filter(Files::isDirectory).toList();
        } catch (UncheckedIOException e) { // while it lists
            throw e.getCause();
        }
    }
}

package dev.rootbound.engine;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** The containers in which attacks are tried: their first process is a program of the engine's. */
final class Twins {
    private final Map<String, Path> programs = new ConcurrentHashMap<>();

    /** Before it is started. */
    void add(String id, Path program) {
        programs.put(id, program);
    }

    void remove(String id) {
        programs.remove(id);
    }

    /** What is mounted as its init program; empty if it is no twin. */
    Optional<Path> program(String id) {
        return Optional.ofNullable(programs.get(id));
    }
}

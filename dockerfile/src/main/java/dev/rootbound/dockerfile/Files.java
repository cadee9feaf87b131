package dev.rootbound.dockerfile;

import java.util.ArrayList;
import java.util.List;

/**
 * What {@code COPY} and {@code ADD} copy, and where to.
 *
 * @param sources paths, patterns and, for ADD, URLs
 * @param heredocs files whose content is in the Dockerfile
 * @param destination a directory if it ends in a slash
 */
public record Files(List<String> sources, List<Heredoc> heredocs, String destination) {
    public Files {
        sources = List.copyOf(sources);
        heredocs = List.copyOf(heredocs);
    }

    Files expanded(Words words) throws DockerfileException {
        var files = new ArrayList<Heredoc>();
        for (var heredoc : heredocs) files.add(words.expand(heredoc));
        return new Files(words.expand(sources), files, words.expand(destination));
    }
}

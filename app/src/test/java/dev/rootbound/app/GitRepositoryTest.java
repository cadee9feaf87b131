package dev.rootbound.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class GitRepositoryTest {
    @TempDir Path directory;

    @ParameterizedTest
    @CsvSource({
        "https://h/a.git,https://h/a.git,'',''",
        "http://h/a.git#v1,http://h/a.git,v1,''",
        "https://h/a.git#v1:sub/dir,https://h/a.git,v1,sub/dir",
        "https://h/a.git#:sub,https://h/a.git,'',sub",
        "github.com/a/b,https://github.com/a/b,'',''",
        "git@github.com:a/b.git#x,git@github.com:a/b.git,x,''",
        "git://h/a,git://h/a,'',''",
    })
    void urlsAreTakenApart(String text, String url, String reference, String below) {
        assertThat(GitRepository.parse(text)).isEqualTo(new GitRepository(url, reference, below));
    }

    @ParameterizedTest
    @ValueSource(strings = {"https://h/a.tar.gz", "http://h/a.git/x", "./a", "a.git"})
    void othersAreNone(String text) {
        assertThat(GitRepository.parse(text)).isNull();
    }

    @Test
    void aReferenceIsNoOption() {
        assertThatThrownBy(() -> GitRepository.parse("https://h/a.git#--upload-pack=x"))
                .isInstanceOf(CliException.class);
    }

    @Test
    void aBranchAndACommitAreCheckedOutWithoutHistory() throws Exception {
        var url = repository();
        for (var reference : new String[] {"", "other", "tagged"}) {
            try (var clone = new GitRepository(url, reference, "sub").checkOut()) {
                assertThat(clone.directory().resolve("file"))
                        .hasContent(reference.isEmpty() ? "main" : "other");
                assertThat(clone.root().resolve(".git")).doesNotExist();
            }
        }
        assertThatThrownBy(() -> new GitRepository(url, "none", "").checkOut())
                .hasMessageContaining("none");
        assertThatThrownBy(() -> new GitRepository(url, "", "nosuch").checkOut())
                .hasMessageContaining("no directory 'nosuch'");
    }

    @Test
    void aDirectoryThatLeadsOutOfTheRepositoryIsRefused() throws Exception {
        var url = repository();
        assertThatThrownBy(() -> new GitRepository(url, "", "out").checkOut())
                .hasMessageContaining("leads out of");
        assertThatThrownBy(() -> new GitRepository(url, "", "../..").checkOut())
                .hasMessageContaining("leads out of");
    }

    private String repository() throws IOException, InterruptedException {
        var path = Files.createDirectories(directory.resolve("repository/sub")).getParent();
        git(path, "init", "--quiet", "--initial-branch", "main");
        Files.createSymbolicLink(path.resolve("out"), Path.of("/etc"));
        commit(path, "main");
        git(path, "checkout", "--quiet", "-b", "other");
        commit(path, "other");
        git(path, "tag", "tagged");
        git(path, "checkout", "--quiet", "main");
        return "file://" + path;
    }

    private static void commit(Path path, String content) throws IOException, InterruptedException {
        Files.writeString(path.resolve("sub/file"), content);
        git(path, "add", "-A");
        git(path, "-c", "user.name=a", "-c", "user.email=a@b", "commit", "--quiet", "-m", content);
    }

    private static void git(Path path, String... words) throws IOException, InterruptedException {
        var command = new java.util.ArrayList<>(java.util.List.of("git"));
        command.addAll(java.util.List.of(words));
        assertThat(new ProcessBuilder(command).directory(path.toFile()).start().waitFor()).isZero();
    }
}

package dev.rootbound.attack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rootbound.linux.Errno;
import dev.rootbound.linux.ErrnoException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The agent's own instructions, as a process here. */
class AgentTest {
    @TempDir Path directory;

    @SuppressWarnings("NullAway") // set before each
    private Agent agent;

    @SuppressWarnings("NullAway")
    private Actor actor;

    @BeforeEach
    void start() throws IOException {
        var program = AgentProgram.install(directory.resolve("bin"));
        agent = new Agent(new HostConversation(program.toString()));
        actor = new Actor(agent);
    }

    @AfterEach
    void end() {
        agent.close();
    }

    @Test
    void aCallIsMadeWithItsArgumentsAndItsMemoryComesBack() throws IOException {
        var file = Files.writeString(directory.resolve("file"), "content");
        long fd = actor.open(file.toString(), Actor.READ);
        var memory = new Memory();
        long before = memory.longs(-1);
        long buffer = memory.space(4);
        assertThat(actor.call(Call.PREAD64, "", memory, fd, buffer, 4, 3)).isEqualTo(4);
        assertThat(memory.at(buffer, 4)).asString().isEqualTo("tent");
        assertThat(memory.longAt(before)).isEqualTo(-1);
    }

    @Test
    void anErrorNamesTheCallAndWhatItWasMadeOn() {
        assertThatThrownBy(() -> actor.open(directory + "/none", Actor.READ))
                .isInstanceOfSatisfying(
                        ErrnoException.class, e -> assertThat(e.errno()).isEqualTo(Errno.ENOENT))
                .hasMessageContaining("openat " + directory + "/none");
    }

    @Test
    void whatAChildHoldsAndBecomesEndsWithIt() throws IOException {
        long parent = actor.call(Call.GETPID, "");
        var path = Files.createFile(directory.resolve("file")).toString();
        long fd =
                actor.inChild(() -> {
                    assertThat(actor.call(Call.GETPID, "")).isNotEqualTo(parent);
                    return actor.inChild(() -> actor.open(path, Actor.READ));
                });
        assertThat(actor.call(Call.GETPID, "")).isEqualTo(parent);
        assertThatThrownBy(() -> actor.close(fd)).hasMessageContaining("EBADF");
    }

    @Test
    void aChildThatIsKilledIsToldAndTheParentGoesOn() throws IOException {
        assertThatThrownBy(() ->
                        actor.inChild(() -> {
                            long self = actor.call(Call.GETPID, "");
                            return actor.call(Call.KILL, "itself", self, 9);
                        }))
                .isInstanceOf(Agent.EndedException.class)
                .hasMessage("signal 9 ended it");
        assertThat(actor.call(Call.GETPID, "")).isPositive();
    }

    @Test
    void aProgramTakesAChildsPlaceAndSaysHowItEnded() throws IOException {
        var program = directory.resolve("tells-root");
        AgentProgram.write(program, AgentProgram.tellsRoot(), "r-xr-xr-x");
        boolean root = Files.getAttribute(directory, "unix:uid").equals(0);
        assertThat(actor.execute(program.toString()) == AgentProgram.IS_ROOT).isEqualTo(root);
        assertThatThrownBy(() -> actor.execute(directory + "/none")).hasMessageContaining("ENOENT");
    }

    @Test
    void anAgentThatHasEndedIsAnErrorAndNoWait() throws IOException {
        assertThatThrownBy(() -> actor.call(Call.EXIT, "", 3)).hasMessage("the agent has ended");
    }
}

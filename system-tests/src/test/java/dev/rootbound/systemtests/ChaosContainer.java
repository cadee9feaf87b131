package dev.rootbound.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import tools.jackson.databind.JsonNode;

/**
 * A container of a chaos client, and what must be true of it. What was answered is certain; what
 * the engine died over may have happened or not.
 */
final class ChaosContainer {
    /** Whether something is so: {@code MAYBE} after a request without an answer. */
    enum Sure {
        YES,
        NO,
        MAYBE
    }

    /** What its first process does: exit codes that tell them apart. */
    enum Kind {
        SHORT("echo $HOSTNAME; exit 3", 3),
        BUSY("echo $HOSTNAME; i=0; while [ $i -lt 2000 ]; do i=$((i+1)); done; exit 4", 4),
        LONG("echo $HOSTNAME; exec sleep 1000", -1);

        final String script;

        /** -1: it does not end by itself. */
        final int code;

        Kind(String script, int code) {
            this.script = script;
            this.code = code;
        }
    }

    final String name;
    final Kind kind;
    String id = "";
    Sure exists = Sure.MAYBE;
    Sure killed = Sure.NO;

    /** Starts that were answered well, and those that may have been. */
    int starts;

    int unsureStarts;
    private long pid;
    private String ended = "";

    ChaosContainer(String name, Kind kind) {
        this.name = name;
        this.kind = kind;
    }

    /** From now on another process, or none. */
    void forgetProcess() {
        pid = 0;
        ended = "";
    }

    /** Compares it with what the engine says now. */
    void check(EngineApi api) throws IOException {
        var answer = api.get("/containers/" + name + "/json");
        if (answer.status() == 404) {
            assertThat(exists).as(this + " is gone").isNotEqualTo(Sure.YES);
            exists = Sure.NO;
            return;
        }
        assertThat(exists).as(this + " is there").isNotEqualTo(Sure.NO);
        var json = answer.good().json();
        if (!id.isEmpty()) assertThat(json.get("Id").asString()).as(name).isEqualTo(id);
        id = json.get("Id").asString();
        exists = Sure.YES;
        checkState(json.get("State"));
        checkLog(api);
    }

    private void checkState(JsonNode state) {
        var status = state.get("Status").asString();
        switch (status) {
            case "created" -> assertThat(starts).as(this + " was started").isZero();
            case "running" -> checkRunning(state);
            case "exited" -> checkExited(state);
            default -> throw new AssertionError(this + " is " + status);
        }
    }

    private void checkRunning(JsonNode state) {
        assertThat(starts + unsureStarts).as(this + " runs").isPositive();
        assertThat(ended).as(this + " runs, but had ended").isEmpty();
        assertThat(killed).as(this + " runs, but was killed").isNotEqualTo(Sure.YES);
        long now = state.get("Pid").asLong();
        if (pid != 0) assertThat(now).as(this + " has another process").isEqualTo(pid);
        pid = now;
        killed = Sure.NO;
    }

    private void checkExited(JsonNode state) {
        int code = state.get("ExitCode").asInt();
        var codes = new java.util.ArrayList<>(List.of(137));
        if (kind.code >= 0) codes.add(kind.code);
        assertThat(code).as(this + " ended: " + state).isIn(codes);
        boolean mayBe137 = killed != Sure.NO || unsureStarts > 0;
        if (code == 137) assertThat(mayBe137).as(this + " was not killed: " + state).isTrue();
        var end = code + " " + state.get("FinishedAt").asString();
        if (!ended.isEmpty()) assertThat(end).as(this + " ended otherwise").isEqualTo(ended);
        ended = end;
    }

    /** A line for each start that was answered; a process that was killed at once may have none. */
    private void checkLog(EngineApi api) throws IOException {
        var text =
                EngineApi.frames(
                        api.get("/containers/" + id + "/logs?stdout=1&stderr=1").good().body());
        var line = id.substring(0, 12) + "\n";
        assertThat(text.replace(line, "")).as(this + " has other lines in its log").isEmpty();
        int lines = text.length() / line.length();
        assertThat(lines)
                .as(this + ": lines in its log")
                .isLessThanOrEqualTo(starts + unsureStarts);
        if (!wasKilled && !ended.isEmpty())
            assertThat(lines).as(this + ": lines in its log").isGreaterThanOrEqualTo(starts);
    }

    /** Ever. */
    boolean wasKilled;

    @Override
    public String toString() {
        return name
                + " ("
                + id
                + ", "
                + kind
                + ", starts "
                + starts
                + "+"
                + unsureStarts
                + ", killed "
                + killed
                + ")";
    }
}

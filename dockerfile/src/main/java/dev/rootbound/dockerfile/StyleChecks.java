package dev.rootbound.dockerfile;

import java.util.List;

/** What build checks say of one statement as it is written. */
final class StyleChecks {
    private StyleChecks() {}

    static void check(Statement statement, List<Warning> warnings) {
        switch (statement) {
            case From from -> check(from, warnings);
            case Arg arg -> check(arg, warnings);
            case Maintainer maintainer ->
                    warnings.add(
                            new Warning(
                                    Rule.MAINTAINER_DEPRECATED,
                                    maintainer.location(),
                                    "Maintainer instruction is deprecated in favor of using"
                                            + " label"));
            default -> {}
        }
    }

    private static void check(From from, List<Warning> warnings) {
        var name = from.name();
        if (name == null) return;
        var parts = Parts.of(from.source().text(), 0);
        var words = Spaces.words(parts.rest(), 0);
        var as = words.get(1).text();
        var written = words.get(2).text();
        if (!Names.isLower(written))
            warnings.add(
                    new Warning(
                            Rule.STAGE_NAME_CASING,
                            from.location(),
                            "Stage name '" + written + "' should be lowercase"));
        var keyword = parts.keyword().text();
        boolean same =
                Names.isLower(keyword)
                        ? Names.isLower(as)
                        : !Names.isUpper(keyword) || Names.isUpper(as);
        if (!same)
            warnings.add(
                    new Warning(
                            Rule.FROM_AS_CASING,
                            from.location(),
                            "'" + as + "' and '" + keyword + "' keywords' casing do not match"));
        describe(from, "FROM", List.of(name), warnings);
    }

    private static void check(Arg arg, List<Warning> warnings) {
        describe(arg, "ARG", arg.arguments().stream().map(Arg.Argument::name).toList(), warnings);
    }

    private static void describe(
            Statement statement, String keyword, List<String> names, List<Warning> warnings) {
        var comments = statement.source().comments();
        if (comments.isEmpty()) return;
        var comment = comments.getLast();
        if (Checks.isDirective(comment)) return;
        int space = comment.indexOf(' ');
        if (names.contains(space < 0 ? comment : comment.substring(0, space))) return;
        var example = names.size() == 1 ? names.getFirst() : "<arg_key>";
        warnings.add(
                new Warning(
                        Rule.INVALID_DEFINITION_DESCRIPTION,
                        statement.location(),
                        "Comment for "
                                + keyword
                                + " should follow the format: `# "
                                + example
                                + " <description>`"));
    }
}

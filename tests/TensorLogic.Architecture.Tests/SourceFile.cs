using System.Text.RegularExpressions;

namespace TensorLogic.Tests.Architecture;

/// <summary>A source file as the arrow tests see it: its room, the types it declares, the names it uses.</summary>
internal sealed partial class SourceFile
{
    private static readonly HashSet<string> s_notBeforeMember =
        ["class", "struct", "record", "interface", "enum", "public", "internal", "private", "protected", "new", "return", "throw", "is", "as", "not", "or", "and", "case", "when", "in", "using", "namespace", "where"];

    private SourceFile(string path, string room, string code)
    {
        Path = path;
        Room = room;
        Declares = [.. Declaration().Matches(code).Select(match => match.Groups["name"].Value)];
        // "public Name(" and "class Name(" are constructors of the type, "new Name(" makes one: no members.
        Members = [.. Member().Matches(code).Where(match => !s_notBeforeMember.Contains(match.Groups["before"].Value)).Select(match => match.Groups["name"].Value), .. EnumMember().Matches(code).Select(match => match.Groups["name"].Value)];
        Uses = Identifier().Matches(code).Select(match => match.Value).ToHashSet(StringComparer.Ordinal);
    }

    /// <summary>Path from the top of the repository.</summary>
    public string Path { get; }

    /// <summary>First folder inside the project; empty for files beside the project file. <c>Formats</c> and its like count their sub-folders singly.</summary>
    public string Room { get; }

    public IReadOnlyList<string> Declares { get; }

    /// <summary>Names of properties, methods and enum members: as words they do not tell a type from a member.</summary>
    public IReadOnlyList<string> Members { get; }

    public IReadOnlySet<string> Uses { get; }

    public static IReadOnlyList<SourceFile> OfProject(string project)
    {
        string folder = System.IO.Path.Combine(TestData.Root, "src", project);
        return [.. Directory.EnumerateFiles(folder, "*.cs", SearchOption.AllDirectories)
            .Select(path => (Path: path, Parts: System.IO.Path.GetRelativePath(folder, path).Split(System.IO.Path.DirectorySeparatorChar)))
            .Where(file => file.Parts[0] is not ("bin" or "obj"))
            .Select(file => new SourceFile(System.IO.Path.GetRelativePath(TestData.Root, file.Path), file.Parts.Length == 1 ? "" : file.Parts[0], Code(file.Path)))];
    }

    private static string Code(string path) => CommentOrText().Replace(File.ReadAllText(path), " ");

    [GeneratedRegex("""//[^\n]*|/\*.*?\*/|"{3}.*?"{3}|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)'""", RegexOptions.Singleline)]
    private static partial Regex CommentOrText();

    [GeneratedRegex("""\b(?:class|struct|interface|enum|record(?:\s+(?:class|struct))?|delegate\s+[\w<>\[\]?,. ]+?)\s+(?<name>[A-Z]\w*)""")]
    private static partial Regex Declaration();

    [GeneratedRegex(@"(?<before>\w+)[>?\])]*\s+(?<name>[A-Z]\w*)\s*(?:\{\s*(?:get|init|set)|=>|\(|[,)]|;|=)")]
    private static partial Regex Member();

    [GeneratedRegex(@"^\s+(?<name>[A-Z]\w*)(?:\s*=\s*[^;\n]+)?,\s*$", RegexOptions.Multiline)]
    private static partial Regex EnumMember();

    [GeneratedRegex(@"\b[A-Z]\w*\b")]
    private static partial Regex Identifier();
}

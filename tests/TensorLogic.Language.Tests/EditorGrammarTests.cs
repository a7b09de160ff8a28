using System.Text.Json;
using TextMateSharp.Grammars;
using TextMateSharp.Internal.Grammars.Reader;
using TextMateSharp.Internal.Types;
using TextMateSharp.Registry;
using TextMateSharp.Themes;

namespace TensorLogic.Tests.Language;

/// <summary>The TextMate grammar of the editor extension, by tokenising scripts as an editor does.</summary>
public sealed class EditorGrammarTests
{
    private static readonly string s_folder = Path.Combine(TestData.Root, "editors", "vscode");
    private static readonly IGrammar s_grammar = new Registry(new Options()).LoadGrammar("source.tensorlogic");

    private static IEnumerable<string> Programs => Directory.GetFiles(TestData.Path("spec"), "*.tl").Select(file => Path.GetFileNameWithoutExtension(file)).Order();

    [TestCaseSource(nameof(Programs))]
    public void Every_character_of_a_program_has_a_scope(string name)
    {
        string[] lines = File.ReadAllLines(TestData.Path("spec", $"{name}.tl"));
        IStateStack? state = null;
        for (int i = 0; i < lines.Length; i++)
        {
            ITokenizeLineResult result = s_grammar.TokenizeLine(lines[i], state, TimeSpan.FromSeconds(5));
            state = result.RuleStack;
            foreach (IToken token in result.Tokens)
            {
                string text = lines[i][Math.Min(token.StartIndex, lines[i].Length)..Math.Min(token.EndIndex, lines[i].Length)];
                // The programs about wrong characters have them.
                if (text.Trim().Length > 0 && text.Trim() is not ("$" or "^" or "~")) Assert.That(token.Scopes, Has.Count.GreaterThan(1), $"line {i + 1}: '{text}'");
                if (name != "127-err-escape") Assert.That(token.Scopes.Any(scope => scope.StartsWith("invalid", StringComparison.Ordinal)), Is.False, $"line {i + 1}: '{text}'");
            }
        }
    }

    [TestCase("let x = 1.5 // note", "x", "variable.other.tensorlogic")]
    [TestCase("let x = 1.5 // note", "1.5", "constant.numeric.float.tensorlogic")]
    [TestCase("let x = 1.5 // note", "// note", "comment.line.double-slash.tensorlogic")]
    [TestCase("let x = 1.5 // note", "let", "keyword.declaration.tensorlogic")]
    [TestCase("for i in 0..3 { }", "in", "keyword.operator.word.tensorlogic")]
    [TestCase("for i in 0..3 { }", "0", "constant.numeric.integer.tensorlogic")]
    [TestCase("for i in 0..3 { }", "..", "keyword.operator.tensorlogic")]
    [TestCase("fn area(w) => w", "area", "entity.name.function.tensorlogic")]
    [TestCase("Ancestor(x, z) <- Parent(x, y)", "Parent", "entity.name.type.relation.tensorlogic")]
    [TestCase("Ancestor(x, z) <- Parent(x, y)", "<-", "keyword.operator.rule.tensorlogic")]
    [TestCase("Comp[p, p'.] = softmax(Q[p])", "p'", "variable.other.tensorlogic")]
    [TestCase("Comp[p, p'.] = softmax(Q[p])", "softmax", "entity.name.function.call.tensorlogic")]
    [TestCase("Best[i] max= X[i, j]", "max=", "keyword.operator.assignment.tensorlogic")]
    [TestCase("param w: f16[2] = e", "param", "keyword.declaration.tensorlogic")]
    [TestCase("param w: f16[2] = e", "f16", "storage.type.tensorlogic")]
    [TestCase("print(\"a\\n\")", "\\n", "constant.character.escape.tensorlogic")]
    [TestCase("print(r.in)", "in", "variable.other.tensorlogic")]
    [TestCase("let r = query Parent(x)", "query", "keyword.other.tensorlogic")]
    public void A_word_has_its_scope(string line, string word, string scope)
    {
        IToken token = s_grammar.TokenizeLine(line).Tokens.First(candidate => line[candidate.StartIndex..Math.Min(candidate.EndIndex, line.Length)].Trim() == word || line.IndexOf(word, StringComparison.Ordinal) == candidate.StartIndex && scope.StartsWith("comment", StringComparison.Ordinal));

        Assert.That(token.Scopes[^1], Is.EqualTo(scope));
    }

    [TestCase("package.json")]
    [TestCase("language-configuration.json")]
    [TestCase("snippets/tensorlogic.json")]
    public void A_file_of_the_extension_is_json(string file) => Assert.That(() => JsonDocument.Parse(File.ReadAllText(Path.Combine(s_folder, file))).Dispose(), Throws.Nothing);

    [Test]
    public void The_problem_matcher_finds_the_place_of_a_diagnostic()
    {
        using JsonDocument package = JsonDocument.Parse(File.ReadAllText(Path.Combine(s_folder, "package.json")));
        string[] patterns = [.. package.RootElement.GetProperty("contributes").GetProperty("problemMatchers")[0].GetProperty("pattern").EnumerateArray().Select(line => line.GetProperty("regexp").GetString()!)];
        using Engine engine = new();
        string[] diagnostic = engine.Check("print(zz)", "a.tl")[0].ToString().Split('\n');

        Assert.That(diagnostic[0], Does.Match(patterns[0]));
        Assert.That(System.Text.RegularExpressions.Regex.Match(diagnostic[1], patterns[1]).Groups.Values.Skip(1).Select(group => group.Value), Is.EqualTo(new[] { "a.tl", "1", "7" }));
    }

    private sealed class Options : IRegistryOptions
    {
        public IRawGrammar GetGrammar(string scopeName)
        {
            using StreamReader reader = new(Path.Combine(s_folder, "syntaxes", "tensorlogic.tmLanguage.json"));
            return GrammarReader.ReadGrammarSync(reader);
        }

        public IRawTheme GetTheme(string scopeName) => new NoColours();

        public ICollection<string> GetInjections(string scopeName) => [];

        public IRawTheme GetDefaultTheme() => new NoColours();
    }

    private sealed class NoColours : IRawTheme
    {
        public string GetName() => "none";

        public string GetInclude() => "";

        public ICollection<IRawThemeSetting> GetSettings() => [];

        public ICollection<IRawThemeSetting> GetTokenColors() => [];

        public ICollection<KeyValuePair<string, object>> GetGuiColors() => [];
    }
}

using System.Text.Json;

namespace TensorLogic.Tests.CoreML.Public;

/// <summary>Models found in public repositories. Their licences keep them out of this one: <c>TENSORLOGIC_PUBLIC_MODELS</c> names a folder with them
/// and their <c>index.json</c>; without it these tests are skipped.</summary>
internal static class PublicModels
{
    private const string Variable = "TENSORLOGIC_PUBLIC_MODELS";

    // Apple's frameworks compute these; no file holds their arithmetic.
    private static readonly string[] s_private = ["visionFeaturePrint", "audioFeaturePrint", "textClassifier", "text classifier", "carwatson-text"];

    private static readonly string? s_folder = Environment.GetEnvironmentVariable(Variable);

    public static IEnumerable<TestCaseData> Where(Func<JsonElement, bool> chosen) => Cases(() =>
    {
        using JsonDocument index = JsonDocument.Parse(File.ReadAllBytes(PathOf("index.json")));
        return [.. index.RootElement.GetProperty("models").EnumerateArray().Where(chosen).Select(model => new TestCaseData(model.Clone()).SetArgDisplayNames(model.GetProperty("file").GetString()!))];
    });

    /// <summary>Cases that need the folder; one that is skipped and says why where there is none.</summary>
    public static IEnumerable<TestCaseData> Cases(Func<IEnumerable<TestCaseData>> make) => s_folder is null
        ? [new TestCaseData(default(JsonElement)).SetArgDisplayNames("none").Ignore($"The environment variable {Variable} does not name a folder of public models.")]
        : make();

    public static bool IsComplete(JsonElement model) => model.GetProperty("complete").GetBoolean();

    public static bool NeedsPrivateCode(JsonElement model)
    {
        string text = model.GetRawText();
        return s_private.Any(name => text.Contains(name, StringComparison.Ordinal));
    }

    public static string PathOf(string file) => Path.Combine(s_folder!, file);

    public static string PathOf(JsonElement model) => PathOf(model.GetProperty("file").GetString()!);
}

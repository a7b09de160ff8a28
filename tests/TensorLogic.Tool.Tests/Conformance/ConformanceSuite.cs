using System.Collections.Concurrent;
using System.Text.Json;
using TensorLogic.Tool.Verification;

namespace TensorLogic.Tests.Tool.Conformance;

/// <summary>A case and how it came out at both limits.</summary>
/// <param name="Name">Group and folder: <c>mil-iOS15/0042</c>.</param>
/// <param name="Kinds">Kind of the model, and of those in it.</param>
/// <param name="Opset">Of an ML Program; else null.</param>
/// <param name="AtTheCasesLimits">Within what the test allows.</param>
/// <param name="AtStrictLimits">Within what the arithmetic allows.</param>
internal sealed record ConformanceCase(string Name, IReadOnlyList<string> Kinds, string? Opset, CaseResult AtTheCasesLimits, CaseResult AtStrictLimits);

/// <summary>The recorded cases of the repository, run once for all tests that ask.</summary>
internal static class ConformanceSuite
{
    private static readonly Lazy<IReadOnlyList<ConformanceCase>> s_cases = new(RunAll);

    /// <summary>Names of the groups, one zip file each.</summary>
    public static IEnumerable<string> Groups => Directory.GetFiles(TestData.Path("conformance"), "*.zip").Select(path => Path.GetFileNameWithoutExtension(path)!).Order(StringComparer.Ordinal);

    /// <summary>All cases in order.</summary>
    public static IReadOnlyList<ConformanceCase> Cases => s_cases.Value;

    private static IReadOnlyList<ConformanceCase> RunAll()
    {
        ConcurrentBag<ConformanceCase> cases = [];
        // Cases are small: one thread for each, many side by side.
        using TensorLogicRuntime runtime = TensorLogicRuntime.CreateBuilder().AddCoreML().UseThreads(1).Build();
        Parallel.ForEach(Groups, group =>
        {
            using CaseFolders folders = new();
            foreach (string folder in folders.Find(TestData.Path("conformance", $"{group}.zip")))
            {
                using JsonDocument record = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder, "case.json")));
                JsonElement root = record.RootElement;
                string[] kinds = [root.GetProperty("model_type").GetString()!, .. root.TryGetProperty("sub_models", out JsonElement parts) ? parts.EnumerateArray().Select(part => part.GetString()!) : []];
                string? opset = root.TryGetProperty("opset", out JsonElement named) ? named.GetString() : null;
                cases.Add(new($"{group}/{Path.GetFileName(folder)}", kinds, opset, Run(folder, strict: false), Run(folder, strict: true)));
            }
        });
        return [.. cases.OrderBy(one => one.Name, StringComparer.Ordinal)];

        CaseResult Run(string folder, bool strict) => new CaseRun(runtime, folder, Device.Cpu, strict).Run(CancellationToken.None);
    }
}

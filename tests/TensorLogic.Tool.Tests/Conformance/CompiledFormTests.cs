using System.Collections.Concurrent;
using System.Text.Json;
using TensorLogic.Tool.Verification;

namespace TensorLogic.Tests.Tool.Conformance;

/// <summary>ML Programs written as text and read again give the answers that they gave before.</summary>
public sealed class CompiledFormTests
{
    [TestCaseSource(typeof(ConformanceSuite), nameof(ConformanceSuite.Groups))]
    public void A_program_in_text_meets_the_answers_that_the_message_meets(string group)
    {
        ConcurrentBag<string> differences = [];
        using TensorLogicRuntime runtime = TensorLogicRuntime.CreateBuilder().AddCoreML().UseThreads(1).Build();
        using CaseFolders folders = new();
        DirectoryInfo copies = Directory.CreateTempSubdirectory("tensorlogic-");
        try
        {
            Parallel.ForEach(folders.Find(TestData.Path("conformance", $"{group}.zip")), folder =>
            {
                using JsonDocument record = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder, "case.json")));
                if (record.RootElement.GetProperty("model_type").GetString() != "mlProgram") return;
                string copy = Path.Combine(copies.FullName, Path.GetFileName(folder));
                Copy(folder, copy, runtime);
                string? before = new CaseRun(runtime, folder, Device.Cpu, strict: true).Run(CancellationToken.None).Problem, after = new CaseRun(runtime, copy, Device.Cpu, strict: true).Run(CancellationToken.None).Problem;
                // Operations without a seed answer otherwise each time, within the same limits.
                if (before is null != after is null) differences.Add($"{Path.GetFileName(folder)}: {before ?? "passed"}, in text {after ?? "passed"}");
            });
        }
        finally
        {
            copies.Delete(recursive: true);
        }

        Assert.That(differences, Is.Empty);
    }

    private static void Copy(string folder, string copy, TensorLogicRuntime runtime)
    {
        Directory.CreateDirectory(copy);
        foreach (string file in Directory.GetFiles(folder))
            if (!Path.GetFileName(file).StartsWith("model.", StringComparison.Ordinal)) File.Copy(file, Path.Combine(copy, Path.GetFileName(file)));
        string source = Directory.GetFileSystemEntries(folder, "model.*").Single();
        using IModel model = runtime.LoadModel(source);
        CompiledForm.Write(source, model, Path.Combine(copy, "model.mlmodelc"));
    }
}

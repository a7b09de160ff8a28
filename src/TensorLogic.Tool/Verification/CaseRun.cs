using System.Text.Json;
using TensorLogic.Formats.SafeTensors;

namespace TensorLogic.Tool.Verification;

/// <summary>How a case came out.</summary>
/// <param name="Id">Test and comparison.</param>
/// <param name="Operations">What the model consists of.</param>
/// <param name="Problem">What is wrong; null if it passed.</param>
/// <param name="ZerosPass">True if an answer of zeros would pass: such a case proves nothing about an operator.</param>
internal sealed record CaseResult(string Id, IReadOnlyList<string> Operations, string? Problem, bool ZerosPass)
{
    public bool Passed => Problem is null;

    /// <summary>The operation that is not supported, where that is the problem.</summary>
    public string? Unsupported { get; init; }
}

/// <summary>Runs one recorded case and compares its answers.</summary>
internal sealed class CaseRun(TensorLogicRuntime runtime, string folder, Device device, bool strict)
{
    /// <summary>Runs the case. Whatever goes wrong with it is its result, so that one case does not hide the others.</summary>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public CaseResult Run(CancellationToken cancellation)
    {
        CaseResult result = new(Path.GetFileName(folder), ["case.json"], null, false);
        try
        {
            CaseRecord record = CaseRecord.Read(Path.Combine(folder, "case.json"));
            result = new($"{record.Id}#{record.Index}", record.Operations, null, false);
            using IModel? inputs = Tensors("inputs.safetensors"), expected = Tensors("expected.safetensors");
            result = result with { ZerosPass = ZeroAnswer.Passes(record, expected, strict) };
            return result with { Problem = Compare(record, inputs, expected, cancellation) };
        }
        catch (UnsupportedOperatorException unsupported)
        {
            return result with { Problem = FirstLine(unsupported), Unsupported = unsupported.Operator };
        }
        catch (Exception problem) when (problem is TensorLogicException or IOException or InvalidDataException or ArgumentException)
        {
            return result with { Problem = FirstLine(problem) };
        }
        catch (Exception defect) when (defect is not OperationCanceledException)
        {
            return result with { Problem = $"defect: {defect.GetType().Name}: {FirstLine(defect)}" };
        }
    }

    private static string FirstLine(Exception error) => error.Message.Split('\n')[0];

    private string? Compare(CaseRecord record, IModel? inputs, IModel? expected, CancellationToken cancellation)
    {
        string model = Directory.GetFileSystemEntries(folder, "model.*").FirstOrDefault() ?? throw new InvalidDataException($"'{folder}' has no model.");
        using IModel opened = runtime.LoadModel(model, new LoadOptions { Device = device, Function = record.Function });
        using ModelState? state = record.Stateful ? opened.CreateState() : null;
        for (int step = 0; step < Math.Max(record.Steps, record.Actions.Count); step++)
        {
            StepAction? action = step < record.Actions.Count ? record.Actions[step] : null;
            foreach (string name in action?.Writes ?? [])
            {
                using Tensor value = inputs!.Tensors[record.Key(step, $"state/{name}")].Read();
                using Tensor converted = value.To(state![name].ElementType);
                using Tensor shaped = converted.Reshape(state[name].Shape.Sizes);
                shaped.CopyTo(state[name]);
            }
            if (action?.Predicts != false && Predict(record, step, opened, inputs, expected, state, cancellation) is { } problem) return problem;
            foreach (string name in action?.Reads ?? [])
                if (new Comparison(record, strict).Check(expected!.Tensors[record.Key(step, $"state/{name}")], state![name], $"state {name}") is { } difference) return difference;
        }
        return null;
    }

    private string? Predict(CaseRecord record, int step, IModel model, IModel? inputs, IModel? expected, ModelState? state, CancellationToken cancellation)
    {
        using Features given = new();
        foreach ((string name, string kind) in record.Inputs)
        {
            string key = record.Key(step, name);
            if (record.JsonInputs.TryGetValue(key, out JsonElement json)) given[name] = RecordedValue.Feature(json, kind);
            else if (inputs is not null && inputs.Tensors.TryGetValue(key, out ModelTensor? tensor)) given[name] = RecordedValue.Feature(tensor, kind);
        }
        using Features results = model.Predict(given, state, cancellation);
        Comparison comparison = new(record, strict);
        foreach (string name in record.Outputs.Keys)
        {
            string key = record.Key(step, name);
            bool isJson = record.JsonExpected.TryGetValue(key, out JsonElement json);
            ModelTensor? tensor = null;
            if (!isJson && expected?.Tensors.TryGetValue(key, out tensor) != true) continue;
            if (!results.TryGetValue(name, out Feature? feature)) return $"output '{name}' is missing";
            if ((isJson ? comparison.Check(json, feature, name) : comparison.Check(tensor!, feature, name)) is { } difference) return difference;
        }
        return null;
    }

    private IModel? Tensors(string name)
    {
        string path = Path.Combine(folder, name);
        return File.Exists(path) ? SafeTensorsFile.Open(path) : null;
    }
}

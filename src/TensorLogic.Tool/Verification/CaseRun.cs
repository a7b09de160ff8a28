using System.Globalization;
using System.Text.Json;
using TensorLogic.Formats.SafeTensors;

namespace TensorLogic.Tool.Verification;

/// <summary>How a case came out.</summary>
/// <param name="Id">Test and comparison.</param>
/// <param name="Operation">The operation it is about, or the one that is not supported.</param>
/// <param name="Problem">What is wrong; null if it passed.</param>
/// <param name="ZerosPass">True if an answer of zeros would pass.</param>
internal sealed record CaseResult(string Id, string Operation, string? Problem, bool ZerosPass)
{
    public bool Passed => Problem is null;
}

/// <summary>Runs one recorded case and compares its answers.</summary>
internal sealed class CaseRun(TensorLogicRuntime runtime, string folder, Device device, bool strict)
{
    private bool _zerosPass = true;

    public CaseResult Run(CancellationToken cancellation)
    {
        CaseRecord record = CaseRecord.Read(Path.Combine(folder, "case.json"));
        string id = $"{record.Id}#{record.Index}", operation = record.Operations is [string first, ..] ? first : record.ModelType;
        try
        {
            string? problem = Compare(record, cancellation);
            return new(id, operation, problem, _zerosPass && !record.ShapesOnly);
        }
        catch (UnsupportedOperatorException unsupported)
        {
            return new(id, unsupported.Operator, unsupported.Message.Split('\n')[0], false);
        }
        catch (Exception problem) when (problem is TensorLogicException or IOException or InvalidDataException or ArgumentException)
        {
            return new(id, operation, problem.Message.Split('\n')[0], false);
        }
        catch (Exception defect) when (defect is not OperationCanceledException)
        {
            // One broken case must not hide the others; the report names it as a defect of the library.
            return new(id, operation, $"defect: {defect.GetType().Name}: {defect.Message}", false);
        }
    }

    private string? Compare(CaseRecord record, CancellationToken cancellation)
    {
        string model = Directory.GetFileSystemEntries(folder, "model.*").FirstOrDefault() ?? throw new InvalidDataException($"'{folder}' has no model.");
        using IModel opened = runtime.LoadModel(model, new LoadOptions { Device = device, Function = record.Function });
        using IModel? inputs = Tensors("inputs.safetensors"), expected = Tensors("expected.safetensors");
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
                if (Check(record, expected!.Tensors[record.Key(step, $"state/{name}")], state![name], $"state {name}") is { } difference) return difference;
        }
        return null;
    }

    private string? Predict(CaseRecord record, int step, IModel model, IModel? inputs, IModel? expected, ModelState? state, CancellationToken cancellation)
    {
        using Features given = new();
        foreach ((string name, string kind) in record.Inputs)
        {
            string key = record.Key(step, name);
            if (record.JsonInputs.TryGetValue(key, out JsonElement json)) given[name] = FeatureOf(json, kind);
            else if (inputs is not null && inputs.Tensors.TryGetValue(key, out ModelTensor? tensor)) given[name] = Scalar(tensor.Read(), kind);
        }
        using Features results = model.Predict(given, state, cancellation);
        foreach ((string name, string _) in record.Outputs)
        {
            string key = record.Key(step, name);
            if (record.JsonExpected.TryGetValue(key, out JsonElement json))
            {
                if (!results.TryGetValue(name, out Feature? feature)) return $"output '{name}' is missing";
                if (Check(record, json, feature, name) is { } difference) return difference;
            }
            else if (expected is not null && expected.Tensors.TryGetValue(key, out ModelTensor? tensor))
            {
                if (!results.TryGetValue(name, out Feature? feature)) return $"output '{name}' is missing";
                Tensor actual = feature.Kind switch
                {
                    FeatureKind.Image => feature.AsImage().Pixels,
                    FeatureKind.Double => Tensor.FromArray([feature.AsDouble()], [1]),
                    FeatureKind.Int64 => Tensor.FromArray([feature.AsInt64()], [1]),
                    _ => feature.AsTensor(),
                };
                if (Check(record, tensor, actual, name) is { } difference) return difference;
            }
        }
        return null;
    }

    private IModel? Tensors(string name)
    {
        string path = Path.Combine(folder, name);
        return File.Exists(path) ? SafeTensorsFile.Open(path) : null;
    }

    private string? Check(CaseRecord record, ModelTensor recorded, Tensor actual, string name)
    {
        using Tensor expected = recorded.Read();
        if (!SameShape(expected.Shape, actual.Shape, record.ShapeRule)) return $"{name}: shape {actual.Shape}, expected {expected.Shape}";
        if (record.ShapesOnly) return null;
        double[] wanted = Numbers.Of(expected), given = Numbers.Of(actual);
        Limits limits = Limits.For(record, strict, wanted.Select(Math.Abs).DefaultIfEmpty().Max());
        long allowed = (long)(record.MismatchRatio * wanted.Length);
        _zerosPass &= wanted.Count(value => !limits.Allow(0, value)) <= allowed;
        int wrong = 0, worst = -1;
        for (int i = 0; i < wanted.Length; i++)
        {
            if (limits.Allow(given[i], wanted[i])) continue;
            wrong++;
            if (worst < 0 || !(Math.Abs(given[i] - wanted[i]) <= Math.Abs(given[worst] - wanted[worst]))) worst = i;
        }
        return wrong <= allowed ? null : string.Create(CultureInfo.InvariantCulture, $"{name}: {wrong} of {wanted.Length} elements differ; [{worst}] is {given[worst]:G6}, expected {wanted[worst]:G6}");
    }

    private static bool SameShape(Shape expected, Shape actual, string? rule) => rule switch
    {
        "flat" => expected.ElementCount == actual.ElementCount,
        "squeeze" => expected.Where(size => size != 1).SequenceEqual(actual.Where(size => size != 1)),
        // A scalar output is recorded with shape [1].
        _ => expected == actual || expected.ElementCount == 1 && expected.Rank == 1 && actual.Rank == 0,
    };

    private string? Check(CaseRecord record, JsonElement expected, Feature actual, string name)
    {
        switch (actual.Kind)
        {
            case FeatureKind.String:
                _zerosPass = false;
                return expected.ValueKind == JsonValueKind.String && expected.GetString() == actual.AsString() ? null : $"{name}: '{actual}', expected {expected}";
            case FeatureKind.Int64:
                _zerosPass &= expected.ValueKind == JsonValueKind.Number && expected.GetDouble() == 0;
                return expected.ValueKind == JsonValueKind.Number && expected.GetDouble() == actual.AsInt64() ? null : $"{name}: {actual}, expected {expected}";
            case FeatureKind.Double:
            {
                double wanted = Number(expected);
                Limits limits = Limits.For(record, strict, Math.Abs(wanted));
                _zerosPass &= limits.Allow(0, wanted);
                return limits.Allow(actual.AsDouble(), wanted) ? null : $"{name}: {actual}, expected {expected}";
            }
            case FeatureKind.Dictionary:
                return Check(record, expected, actual.AsDictionary(), name);
            default:
                return $"{name}: a {actual.Kind}, expected {expected.ValueKind}";
        }
    }

    private string? Check(CaseRecord record, JsonElement expected, FeatureDictionary actual, string name)
    {
        JsonElement[] keys = [.. expected.GetProperty("keys").EnumerateArray()];
        double[] values = [.. expected.GetProperty("values").EnumerateArray().Select(Number)];
        Limits limits = Limits.For(record, strict, values.Select(Math.Abs).DefaultIfEmpty().Max());
        if (actual.Count != keys.Length) return $"{name}: {actual.Count} keys, expected {keys.Length}";
        for (int i = 0; i < keys.Length; i++)
        {
            object key = keys[i].ValueKind == JsonValueKind.String ? keys[i].GetString()! : keys[i].GetInt64();
            if (!actual.TryGetValue(key, out double value)) return $"{name}: key '{key}' is missing";
            _zerosPass &= limits.Allow(0, values[i]);
            if (!record.ShapesOnly && !limits.Allow(value, values[i])) return string.Create(CultureInfo.InvariantCulture, $"{name}: '{key}' is {value:G6}, expected {values[i]:G6}");
        }
        return null;
    }

    private static double Number(JsonElement element) => element.ValueKind == JsonValueKind.Number ? element.GetDouble() : double.NaN;

    private static Feature Scalar(Tensor tensor, string kind) => kind switch
    {
        "double" => Numbers.Of(tensor)[0],
        "int64" => (long)Numbers.Of(tensor)[0],
        _ => tensor,
    };

    private static Feature FeatureOf(JsonElement json, string kind) => kind switch
    {
        "string" => json.GetString()!,
        "int64" => json.GetInt64(),
        "double" => Number(json),
        "dictionary" => Feature.Dictionary(json.GetProperty("keys").EnumerateArray().Zip(json.GetProperty("values").EnumerateArray(), (key, value) =>
            KeyValuePair.Create(key.ValueKind == JsonValueKind.String ? (object)key.GetString()! : key.GetInt64(), Number(value)))),
        _ => throw new InvalidDataException($"An input of kind '{kind}' is not stored as JSON."),
    };
}

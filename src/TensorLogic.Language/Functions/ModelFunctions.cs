using TensorLogic.Language.Diagnostics;
using TensorLogic.Language.Evaluation;

namespace TensorLogic.Language.Functions;

/// <summary>Models and pictures as values (13).</summary>
internal static class ModelFunctions
{
    /// <summary><c>model.predict(x)</c> or <c>model.predict({name: x})</c>.</summary>
    public static Function Predict { get; } = new("predict", [new("model"), new("inputs")], IsVariadic: false, static (run, _, parameters) =>
        Run(run, ((ModelValue)parameters[0].Content!).Model, parameters[1]));

    public static Value LoadModel(RunState run, IReadOnlyList<Value> values, Value[] parameters)
    {
        string path = Text("load_model", parameters[0]), deviceName = Text("load_model", parameters[1]);
        if (!DeviceExtensions.TryParse(deviceName, out Device device)) throw new ScriptFault(Messages.UnknownDevice($"'{deviceName}'"));
        string file = FilePath.Existing(run, path);
        if (run.Engine.Runtime.FormatOf(file) is not { } format) throw new ScriptFault(Messages.FormatNotRecognised(path, Messages.ModelFormats));
        IModel model;
        try
        {
            model = Open(run.Engine.Runtime, file, device == Device.Auto ? run.Engine.Options.Device : device);
        }
        catch (Exception broken) when (broken is ModelFormatException or ModelLimitException or IOException or UnauthorizedAccessException)
        {
            throw new ScriptFault(Messages.NotAValidFile(path, format == ModelFormat.CoreML ? "Core ML" : format.Name), broken);
        }
        run.Engine.Own(model);
        return Value.Of(new ModelValue(model, MetadataRecord.Of(model)));
    }

    // A script runs anywhere: where a device is absent it goes to the CPU, and metadata.device tells so.
    private static IModel Open(TensorLogicRuntime runtime, string file, Device device)
    {
        try
        {
            return runtime.LoadModel(file, new LoadOptions { Device = device });
        }
        catch (DeviceException) when (device != Device.Cpu)
        {
            return runtime.LoadModel(file, new LoadOptions { Device = Device.Cpu });
        }
    }

    public static Value LoadImage(RunState run, IReadOnlyList<Value> values, Value[] parameters)
    {
        string path = Text("load_image", parameters[0]), file = FilePath.Existing(run, path);
        try
        {
            return ImageFile.LoadPixels(file, Math.Min(ImageFile.DefaultPixelLimit, run.Engine.Options.MemoryLimit / 4));
        }
        catch (Exception broken) when (broken is ModelFormatException or ModelLimitException or IOException or UnauthorizedAccessException)
        {
            throw new ScriptFault(Messages.FormatNotRecognised(path, Messages.ImageFormats), broken);
        }
    }

    private static Value Run(RunState run, IModel model, Value given)
    {
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(run.Cancellation);
        if (run.Engine.Options.TimeLimit is { } time) limit.CancelAfter(time > run.Elapsed ? time - run.Elapsed : TimeSpan.Zero);
        try
        {
            Features results = model.Predict(Inputs(model, given), cancellation: limit.Token);
            Value[] outputs = [.. results.Values.Select(ValueOf)];
            return given.Kind != ValueKind.Record && outputs is [var only] ? only : Value.Of(new RecordValue(results.Keys.Zip(outputs, KeyValuePair.Create)));
        }
        catch (OperationCanceledException)
        {
            run.CheckTime();
            throw new ScriptFault(Messages.Cancelled());
        }
        catch (UnsupportedOperatorException unsupported)
        {
            throw new ScriptFault(Messages.OperationNotSupported(unsupported.Operator), unsupported);
        }
        catch (ShapeException misfit) when (model.Inputs.FirstOrDefault(input => input.Name == misfit.Input) is { } input && misfit.Operator == "predict")
        {
            Tensor? tensor = given.Kind == ValueKind.Record ? given.AsRecord()[input.Name].Content as Tensor : given.Content as Tensor;
            throw new ScriptFault(Messages.InputShape(input.Name, input.Type.ToString()!, tensor?.Shape.ToString() ?? misfit.Actual), misfit);
        }
        catch (FeatureException wrong)
        {
            throw new ScriptFault(Messages.Expects("predict", $"another value for '{wrong.Feature}'", given.TypeName), wrong);
        }
        catch (TensorLogicException broken)
        {
            throw new ScriptFault(Messages.NotAValidFile(model.Metadata.Name, model.Metadata.Format == ModelFormat.CoreML ? "Core ML" : model.Metadata.Format.Name), broken);
        }
    }

    private static Features Inputs(IModel model, Value given)
    {
        Features features = new();
        if (given.Kind != ValueKind.Record)
        {
            if (model.Inputs is not [var single]) throw new ScriptFault(Messages.Expects("predict", "a record with the inputs by name", given.TypeName));
            features[single.Name] = FeatureOf(single, given);
            return features;
        }
        foreach ((string name, Value value) in given.AsRecord())
            features[name] = FeatureOf(model.Inputs.FirstOrDefault(input => input.Name == name) ?? throw new ScriptFault(Messages.NoModelInput(name)), value);
        foreach (FeatureDescription input in model.Inputs)
            if (!input.IsOptional && !features.ContainsKey(input.Name)) throw new ScriptFault(Messages.InputMissing(input.Name));
        return features;
    }

    private static Feature FeatureOf(FeatureDescription input, Value value)
    {
        switch (value.Kind)
        {
            case ValueKind.String: return value.AsString();
            case ValueKind.Int: return value.AsInt();
            case ValueKind.Float: return value.AsFloat();
            case ValueKind.Tensor when input.Type is ImageFeatureType && value.AsTensor() is { ElementType: not ElementType.UInt8 } pixels:
                return Bytes(pixels);
            case ValueKind.Tensor: return value.AsTensor();
            default: throw new ScriptFault(Messages.Expects("predict", "a tensor", value.TypeName));
        }
    }

    // Pictures may come as floats from 0 to 255.
    private static Tensor Bytes(Tensor pixels)
    {
        double[] values = TensorConversion.ReadDoubles(pixels);
        Tensor bytes = Tensor.Create(ElementType.UInt8, pixels.Shape);
        TensorConversion.Write(bytes, Array.ConvertAll(values, value => Math.Round(Math.Clamp(double.IsNaN(value) ? 0 : value, 0, 255))));
        return bytes;
    }

    private static Value ValueOf(Feature feature) => feature.Kind switch
    {
        FeatureKind.Tensor => feature.AsTensor(),
        FeatureKind.Image => feature.AsImage().Pixels,
        FeatureKind.String => feature.AsString(),
        FeatureKind.Int64 => feature.AsInt64(),
        FeatureKind.Double => feature.AsDouble(),
        FeatureKind.Dictionary => Value.Of(new RecordValue(feature.AsDictionary().Select(entry => KeyValuePair.Create(Value.From(entry.Key).ToString(), (Value)entry.Value)))),
        _ => Value.Of([.. feature.AsSequence().Select(Value.From)]),
    };

    private static string Text(string function, Value value) => value.Kind == ValueKind.String ? value.AsString() : throw new ScriptFault(Messages.Expects(function, "a string", value.TypeName));
}

// Opens a Core ML model and classifies ten pictures of digits, on any operating system.
//   dotnet run -c Release --project examples/Digits [FOLDER]
using System.Globalization;
using TensorLogic;

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
string folder = args is [string given] ? given : Path.Combine(AppContext.BaseDirectory, "models", "digits");

using var runtime = TensorLogicRuntime.CreateBuilder().AddCoreML().AddMetal().Build();
using IModel model = runtime.LoadModel(Path.Combine(folder, "digits.mlpackage"));
Console.WriteLine($"{model.Metadata.Format} {model.Metadata.Quantization}");

// A picture in, a label and probabilities out. The model's own scale and bias are applied; other sizes would be resized.
foreach (string label in (string[])["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"])
{
    using Features result = model.Predict(ImageFile.Load(Path.Combine(folder, $"{label}.png")));
    string found = result["classLabel"].AsString();
    double probability = result["classLabel_probs"].AsDictionary()[found];
    Console.WriteLine($"{label + ".png",-10}  {found,-5}  {probability:P1}");
}

// Loading can be awaited, watched and cancelled; it also makes the model ready to run.
using CancellationTokenSource cancellation = new(TimeSpan.FromMinutes(1));
using IModel tensorModel = await runtime.LoadModelAsync(
    Path.Combine(folder, "digits-tensor.mlpackage"), progress: new Loading(), cancellation: cancellation.Token);

// The same network over tensors: pixels scaled to -1 ... 1 by the caller, as f16 or as f32.
using Tensor<byte> pixels = ImageFile.LoadPixels(Path.Combine(folder, "seven.png"));
float[] scaled = [.. pixels.ToArray().Select(pixel => pixel / 127.5f - 1)];
using Tensor<float> single = Tensor.FromArray(scaled, [1, 1, 28, 28]);
using Tensor<Half> half = Tensor.FromArray(scaled.Select(value => (Half)value).ToArray(), [1, 1, 28, 28]);
foreach (Tensor input in (Tensor[])[half, single])
{
    using Features result = await tensorModel.PredictAsync(input, cancellation: cancellation.Token);
    Half[] probabilities = result["probabilities"].AsTensor().As<Half>().ToArray();
    int best = Array.IndexOf(probabilities, probabilities.Max());
    Console.WriteLine($"{input}: class {best}, {(double)probabilities[best]:P1}");
}

internal sealed class Loading : IProgress<LoadProgress>
{
    public void Report(LoadProgress value) => Console.Error.WriteLine($"loading: {value.Stage} {value.Fraction:P0}");
}

// Gives a photograph of any size to a model that declares 224x224, in the three ways it can be fitted.
//   dotnet run -c Release --project examples/Pictures [PICTURE]
using System.Globalization;
using TensorLogic;

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
string folder = Path.Combine(AppContext.BaseDirectory, "models", "guide");
string picture = args is [string given] ? given : Path.Combine(folder, "china-640x427.jpg");

using var runtime = TensorLogicRuntime.CreateBuilder().AddCoreML().Build();
using IModel model = runtime.LoadModel(Path.Combine(folder, "model.mlpackage"));
ImageFileInfo info = ImageFile.ReadInfo(picture);
Console.WriteLine($"{info.Format} {info.Width}x{info.Height} -> {model.Inputs[0]}");

foreach (ImageFit fit in (ImageFit[])[ImageFit.Stretch, ImageFit.CenterCrop, ImageFit.Fit])
{
    using Features result = model.Predict(ImageFile.Load(picture, fit));
    using Tensor scores = result["scores"].AsTensor().To(ElementType.Float32);
    float[] all = scores.As<float>().ToArray();
    Console.WriteLine($"{fit,-10}  class {Array.IndexOf(all, all.Max()),2}, score {all.Max():0.000}");
}

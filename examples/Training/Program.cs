using System.Globalization;
using TensorLogic;
using TensorLogic.Examples;
using TensorLogic.Formats.SafeTensors;

// Trains a small convolutional network on handwritten digits, saves it, and loads it again.
CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
string data = args.Length > 0 ? args[0] : Path.Combine(AppContext.BaseDirectory, "digits-test.safetensors");
string target = args.Length > 1 ? args[1] : Path.Combine(Path.GetTempPath(), "digits-trained.safetensors");

using TensorLogicRuntime runtime = TensorLogicRuntime.CreateBuilder().Build();
TensorFunctions f = runtime.CreateFunctions();
(Tensor images, Tensor labels) = DigitsNetwork.Load(runtime, data);
int count = images.Shape[0], heldBack = count / 5, training = count - heldBack;
Tensor testImages = f.Slice(images, 0, training, heldBack), testLabels = f.Slice(labels, 0, training, heldBack);

DigitsNetwork network = new(f, new Random(1));
foreach (Tensor parameter in network.Parameters.Values) parameter.RequiresGrad = true;
Adam optimizer = new(network.Parameters.Values, learningRate: 0.003);
const int epochs = 8, batch = 50;
Func<int, double> schedule = LearningRateSchedule.Cosine(epochs, floor: 0.1);
Random order = new(2);
for (int epoch = 0; epoch < epochs; epoch++)
{
    optimizer.LearningRate = 0.003 * schedule(epoch);
    int[] places = [.. Enumerable.Range(0, training)];
    order.Shuffle(places);
    double loss = 0;
    for (int start = 0; start + batch <= training; start += batch)
    {
        Tensor chosen = Tensor.FromSpan<int>(places.AsSpan(start, batch), [batch]);
        Tensor step = f.CrossEntropy(network.Logits(f.Take(images, chosen)), f.Take(labels, chosen));
        optimizer.ZeroGrad();
        step.Backward();
        optimizer.Step();
        loss += step.To(ElementType.Float32).As<float>().ReadOnlySpan[0];
    }
    Console.WriteLine($"epoch {epoch + 1}: loss {loss / (training / batch):F3}, held back {network.Accuracy(testImages, testLabels):P1}");
}

SafeTensorsFile.Write(target, network.Parameters);
using IModel saved = runtime.LoadModel(target);
DigitsNetwork loaded = new(f, saved.Tensors.ToDictionary(pair => pair.Key, pair => pair.Value.Read()));
double accuracy = loaded.Accuracy(testImages, testLabels);
Console.WriteLine($"loaded again: {accuracy:P1} of {heldBack}");
return accuracy > 0.95 ? 0 : 1;

using TensorLogic.Training;

namespace TensorLogic;

/// <summary>Changes parameters by their gradients.</summary>
/// <remarks>Of f16 and bf16 parameters an optimiser keeps the values in f32, changes those, and rounds into the tensor. Arithmetic is in f32,
/// for f64 parameters in f64.</remarks>
/// <example><code>
/// var optimizer = new Adam([w, b], learningRate: 0.01);
/// for (int epoch = 0; epoch &lt; 100; epoch++)
/// {
///     optimizer.ZeroGrad();
///     Loss().Backward();
///     optimizer.Step();
/// }
/// </code></example>
public abstract class Optimizer
{
    private readonly Tensor[] _parameters;
    private readonly ParameterUpdates _updates;

    private protected Optimizer(IEnumerable<Tensor> parameters, double learningRate, UpdateRule rule)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        _parameters = [.. parameters];
        foreach (Tensor parameter in _parameters)
            if (!parameter.RequiresGrad || !parameter.IsContiguous || !parameter.IsWritable)
                throw new ArgumentException($"The parameter {parameter} must require a gradient, be contiguous and writable.", nameof(parameters));
        LearningRate = learningRate;
        _updates = new ParameterUpdates(rule);
    }

    /// <summary>Base of every change; may be set between steps.</summary>
    public double LearningRate { get; set; }

    /// <summary>Steps so far.</summary>
    public long Steps { get; private set; }

    /// <summary>Changes every parameter that has a gradient.</summary>
    public void Step()
    {
        Steps++;
        foreach (Tensor parameter in _parameters)
            if (parameter.Grad is { } gradient)
                _updates.Update(parameter, parameter, gradient, parameter, LearningRate, Steps);
    }

    /// <summary>Forgets the gradients.</summary>
    public void ZeroGrad()
    {
        foreach (Tensor parameter in _parameters) parameter.Grad = null;
    }

    /// <summary>The state for a checkpoint, as tensors by name: they can be written as SafeTensors beside the parameters.</summary>
    public IReadOnlyDictionary<string, Tensor> State()
    {
        Dictionary<string, Tensor> state = _updates.Save(_parameters).ToDictionary();
        state["steps"] = Tensor.Scalar(Steps);
        state["learning_rate"] = Tensor.Scalar(LearningRate);
        return state;
    }

    /// <summary>Takes back what <see cref="State"/> gave for the same parameters in the same order.</summary>
    /// <exception cref="ArgumentException">The state does not fit the parameters.</exception>
    public void Restore(IReadOnlyDictionary<string, Tensor> state)
    {
        ArgumentNullException.ThrowIfNull(state);
        if (!state.TryGetValue("steps", out Tensor? steps) || !state.TryGetValue("learning_rate", out Tensor? rate)) throw new ArgumentException("The state has no 'steps' or no 'learning_rate'.", nameof(state));
        _updates.Restore(_parameters, static key => (Tensor)key, state);
        Steps = TensorConversion.ReadLongs(steps)[0];
        LearningRate = TensorConversion.ReadDoubles(rate)[0];
    }
}

/// <summary>Stochastic gradient descent: w ← w - lr · d, where d is the gradient, or with momentum μ the velocity v ← μ v + (1 - dampening) g.</summary>
/// <param name="parameters">What to change; each requires a gradient.</param>
/// <param name="learningRate">lr.</param>
/// <param name="momentum">μ; 0 for none.</param>
/// <param name="dampening">Of the gradient in the velocity.</param>
/// <param name="nesterov">d = g + μ v.</param>
/// <param name="weightDecay">λ: g ← g + λ w first.</param>
public sealed class Sgd(IEnumerable<Tensor> parameters, double learningRate = 0.01, double momentum = 0, double dampening = 0, bool nesterov = false, double weightDecay = 0)
    : Optimizer(parameters, learningRate, new SgdRule(momentum, dampening, nesterov, weightDecay));

/// <summary>Adam: w ← w - lr · m̂ / (√v̂ + ε), with running means m of the gradient and v of its square, corrected for their start at 0.</summary>
/// <param name="parameters">What to change; each requires a gradient.</param>
/// <param name="learningRate">lr.</param>
/// <param name="beta1">Share of the old m.</param>
/// <param name="beta2">Share of the old v.</param>
/// <param name="epsilon">ε.</param>
/// <param name="weightDecay">λ: g ← g + λ w first.</param>
public sealed class Adam(IEnumerable<Tensor> parameters, double learningRate = 0.001, double beta1 = 0.9, double beta2 = 0.999, double epsilon = 1e-8, double weightDecay = 0)
    : Optimizer(parameters, learningRate, new AdamRule(beta1, beta2, epsilon, weightDecay, Decoupled: false));

/// <summary>Adam with decoupled weight decay: w ← w - lr · λ · w first.</summary>
/// <param name="parameters">What to change; each requires a gradient.</param>
/// <param name="learningRate">lr.</param>
/// <param name="beta1">Share of the old m.</param>
/// <param name="beta2">Share of the old v.</param>
/// <param name="epsilon">ε.</param>
/// <param name="weightDecay">λ.</param>
public sealed class AdamW(IEnumerable<Tensor> parameters, double learningRate = 0.001, double beta1 = 0.9, double beta2 = 0.999, double epsilon = 1e-8, double weightDecay = 0.01)
    : Optimizer(parameters, learningRate, new AdamRule(beta1, beta2, epsilon, weightDecay, Decoupled: true));

/// <summary>RMSprop: w ← w - lr · g / (√s + ε), with the running mean s of the squared gradient.</summary>
/// <param name="parameters">What to change; each requires a gradient.</param>
/// <param name="learningRate">lr.</param>
/// <param name="alpha">Share of the old s.</param>
/// <param name="epsilon">ε.</param>
/// <param name="momentum">Of the change.</param>
/// <param name="weightDecay">λ: g ← g + λ w first.</param>
public sealed class RmsProp(IEnumerable<Tensor> parameters, double learningRate = 0.01, double alpha = 0.99, double epsilon = 1e-8, double momentum = 0, double weightDecay = 0)
    : Optimizer(parameters, learningRate, new RmsPropRule(alpha, epsilon, momentum, weightDecay));

/// <summary>AdaGrad: w ← w - lr · g / (√s + ε), with the sum s of squared gradients.</summary>
/// <param name="parameters">What to change; each requires a gradient.</param>
/// <param name="learningRate">lr.</param>
/// <param name="epsilon">ε.</param>
/// <param name="weightDecay">λ: g ← g + λ w first.</param>
public sealed class Adagrad(IEnumerable<Tensor> parameters, double learningRate = 0.01, double epsilon = 1e-10, double weightDecay = 0)
    : Optimizer(parameters, learningRate, new AdagradRule(epsilon, weightDecay));

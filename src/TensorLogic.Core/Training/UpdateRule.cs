using System.Numerics;

namespace TensorLogic.Training;

/// <summary>How an optimiser changes a parameter. Element by element; state starts at 0.</summary>
internal abstract record UpdateRule(double WeightDecay)
{
    /// <summary>Numbers of state for each element.</summary>
    public abstract int Slots { get; }

    /// <summary>Changes w by its gradient g.</summary>
    /// <param name="w">The parameter.</param>
    /// <param name="g">Its gradient.</param>
    /// <param name="state"><see cref="Slots"/> arrays of the same length.</param>
    /// <param name="rate">Learning rate.</param>
    /// <param name="step">Steps of the optimiser, from 1.</param>
    /// <param name="isFirst">The state has not been used yet.</param>
    public abstract void Apply<T>(Span<T> w, ReadOnlySpan<T> g, T[][] state, T rate, long step, bool isFirst) where T : IFloatingPointIeee754<T>;
}

/// <summary>Stochastic gradient descent, with Nesterov's or plain momentum. Source: Sutskever et al., ICML 2013, in PyTorch's form.</summary>
internal sealed record SgdRule(double Momentum, double Dampening, bool Nesterov, double WeightDecay) : UpdateRule(WeightDecay)
{
    public override int Slots => Momentum == 0 ? 0 : 1;

    public override void Apply<T>(Span<T> w, ReadOnlySpan<T> g, T[][] state, T rate, long step, bool isFirst)
    {
        T decay = T.CreateTruncating(WeightDecay), momentum = T.CreateTruncating(Momentum), share = T.CreateTruncating(1 - Dampening);
        for (int i = 0; i < w.Length; i++)
        {
            T gradient = g[i] + decay * w[i];
            if (Momentum != 0)
            {
                ref T velocity = ref state[0][i];
                velocity = isFirst ? gradient : momentum * velocity + share * gradient;
                gradient = Nesterov ? gradient + momentum * velocity : velocity;
            }
            w[i] -= rate * gradient;
        }
    }
}

/// <summary>Adam, and AdamW where the decay is decoupled. Sources: Kingma and Ba, arXiv 1412.6980; Loshchilov and Hutter, arXiv 1711.05101.</summary>
internal sealed record AdamRule(double Beta1, double Beta2, double Epsilon, double WeightDecay, bool Decoupled) : UpdateRule(WeightDecay)
{
    public override int Slots => 2;

    public override void Apply<T>(Span<T> w, ReadOnlySpan<T> g, T[][] state, T rate, long step, bool isFirst)
    {
        T beta1 = T.CreateTruncating(Beta1), beta2 = T.CreateTruncating(Beta2), rest1 = T.CreateTruncating(1 - Beta1), rest2 = T.CreateTruncating(1 - Beta2);
        T correction1 = T.CreateTruncating(1 - Math.Pow(Beta1, step)), correction2 = T.CreateTruncating(1 - Math.Pow(Beta2, step));
        T epsilon = T.CreateTruncating(Epsilon), decay = T.CreateTruncating(WeightDecay);
        T[] first = state[0], second = state[1];
        for (int i = 0; i < w.Length; i++)
        {
            T gradient = Decoupled ? g[i] : g[i] + decay * w[i];
            if (Decoupled) w[i] -= rate * decay * w[i];
            first[i] = beta1 * first[i] + rest1 * gradient;
            second[i] = beta2 * second[i] + rest2 * gradient * gradient;
            w[i] -= rate * (first[i] / correction1) / (T.Sqrt(second[i] / correction2) + epsilon);
        }
    }
}

/// <summary>RMSprop. Source: Tieleman and Hinton, Coursera lecture 6.5, in PyTorch's form.</summary>
internal sealed record RmsPropRule(double Alpha, double Epsilon, double Momentum, double WeightDecay) : UpdateRule(WeightDecay)
{
    public override int Slots => Momentum == 0 ? 1 : 2;

    public override void Apply<T>(Span<T> w, ReadOnlySpan<T> g, T[][] state, T rate, long step, bool isFirst)
    {
        T alpha = T.CreateTruncating(Alpha), rest = T.CreateTruncating(1 - Alpha), epsilon = T.CreateTruncating(Epsilon), momentum = T.CreateTruncating(Momentum), decay = T.CreateTruncating(WeightDecay);
        T[] squares = state[0];
        for (int i = 0; i < w.Length; i++)
        {
            T gradient = g[i] + decay * w[i];
            squares[i] = alpha * squares[i] + rest * gradient * gradient;
            T change = gradient / (T.Sqrt(squares[i]) + epsilon);
            if (Momentum != 0) change = state[1][i] = momentum * state[1][i] + change;
            w[i] -= rate * change;
        }
    }
}

/// <summary>AdaGrad. Source: Duchi, Hazan and Singer, JMLR 12, 2011.</summary>
internal sealed record AdagradRule(double Epsilon, double WeightDecay) : UpdateRule(WeightDecay)
{
    public override int Slots => 1;

    public override void Apply<T>(Span<T> w, ReadOnlySpan<T> g, T[][] state, T rate, long step, bool isFirst)
    {
        T epsilon = T.CreateTruncating(Epsilon), decay = T.CreateTruncating(WeightDecay);
        T[] squares = state[0];
        for (int i = 0; i < w.Length; i++)
        {
            T gradient = g[i] + decay * w[i];
            squares[i] += gradient * gradient;
            w[i] -= rate * gradient / (T.Sqrt(squares[i]) + epsilon);
        }
    }
}

using System.Runtime.CompilerServices;

namespace SegLossBias;

/// <summary>
/// The negative log-likelihood of one channel and its predicted size with a small whole τ, from one exponential: what cross-entropy
/// with a penalty on region sizes reads. e^(−τ|z|) is a product of e^−|z|.
/// </summary>
internal static unsafe class SigmoidWholePowers<TLanes, T>
    where TLanes : unmanaged, ILanes<TLanes, T>
    where T : unmanaged
{
    /// <summary>The label of the channel; any other ≥ 0 is its background.</summary>
    private const double Channel = 1;

    /// <summary>Adds Σ σ(τz), Σ σ(−τz), and Σ −log p over foreground and background.</summary>
    internal static void AddSums(T* z, T* label, int count, double temperature, double* size, double* backgroundSize, double* likelihood, double* backgroundLikelihood)
    {
        switch (temperature)
        {
            case 2:
                AddSums<Power2>(z, label, count, size, backgroundSize, likelihood, backgroundLikelihood);
                break;
            case 3:
                AddSums<Power3>(z, label, count, size, backgroundSize, likelihood, backgroundLikelihood);
                break;
            case 4:
                AddSums<Power4>(z, label, count, size, backgroundSize, likelihood, backgroundLikelihood);
                break;
            case 5:
                AddSums<Power5>(z, label, count, size, backgroundSize, likelihood, backgroundLikelihood);
                break;
            case 6:
                AddSums<Power6>(z, label, count, size, backgroundSize, likelihood, backgroundLikelihood);
                break;
            case 7:
                AddSums<Power7>(z, label, count, size, backgroundSize, likelihood, backgroundLikelihood);
                break;
            case 8:
                AddSums<Power8>(z, label, count, size, backgroundSize, likelihood, backgroundLikelihood);
                break;
            case 9:
                AddSums<Power9>(z, label, count, size, backgroundSize, likelihood, backgroundLikelihood);
                break;
            default:
                AddSums<Power10>(z, label, count, size, backgroundSize, likelihood, backgroundLikelihood);
                break;
        }
    }

    /// <summary>The gradient of that, from the upstream gradients of Σ σ(τz) and of both likelihoods.</summary>
    internal static void SetGradient(T* z, T* label, T* gradient, int count, double temperature, double size, double likelihood, double backgroundLikelihood)
    {
        switch (temperature)
        {
            case 2:
                SetGradient<Power2>(z, label, gradient, count, size, likelihood, backgroundLikelihood);
                break;
            case 3:
                SetGradient<Power3>(z, label, gradient, count, size, likelihood, backgroundLikelihood);
                break;
            case 4:
                SetGradient<Power4>(z, label, gradient, count, size, likelihood, backgroundLikelihood);
                break;
            case 5:
                SetGradient<Power5>(z, label, gradient, count, size, likelihood, backgroundLikelihood);
                break;
            case 6:
                SetGradient<Power6>(z, label, gradient, count, size, likelihood, backgroundLikelihood);
                break;
            case 7:
                SetGradient<Power7>(z, label, gradient, count, size, likelihood, backgroundLikelihood);
                break;
            case 8:
                SetGradient<Power8>(z, label, gradient, count, size, likelihood, backgroundLikelihood);
                break;
            case 9:
                SetGradient<Power9>(z, label, gradient, count, size, likelihood, backgroundLikelihood);
                break;
            default:
                SetGradient<Power10>(z, label, gradient, count, size, likelihood, backgroundLikelihood);
                break;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void AddSums<TPower>(T* z, T* label, int count, double* size, double* backgroundSize, double* likelihood, double* backgroundLikelihood)
        where TPower : IWholePower
    {
        var (one, channel) = (TLanes.Of(1), TLanes.Of(Channel));
        TLanes sizes = default, backgroundSizes = default, likelihoods = default, backgroundLikelihoods = default;
        for (var i = 0; i < count; i += TLanes.Count)
        {
            var (labels, logit) = (TLanes.Load(label + i), TLanes.Load(z + i));
            var power = LaneMath<TLanes, T>.Power2(TLanes.Max(logit, -logit), TLanes.Of(-LaneMath<TLanes, T>.Log2E));
            var tempered = LaneMath<TLanes, T>.WholePower<TPower>(power);
            var large = one / (one + tempered);
            var small = tempered * large;
            sizes += TLanes.ZeroWhereLess(labels, default, TLanes.SelectLess(logit, default, small, large));
            backgroundSizes += TLanes.ZeroWhereLess(labels, default, TLanes.SelectLess(logit, default, large, small));
            var t = SigmoidProbability<TLanes, T>.TruthLogit(logit, labels, channel);
            var negativeLog = TLanes.ZeroWhereLess(labels, default, SigmoidProbability<TLanes, T>.NegativeLog(t, power));
            likelihoods += TLanes.SelectEqual(labels, channel, negativeLog, default);
            backgroundLikelihoods += TLanes.SelectEqual(labels, channel, default, negativeLog);
        }

        *size += TLanes.Sum(sizes);
        *backgroundSize += TLanes.Sum(backgroundSizes);
        *likelihood += TLanes.Sum(likelihoods);
        *backgroundLikelihood += TLanes.Sum(backgroundLikelihoods);
    }

    /// <summary>gradient = u_size · τ σ(τz) σ(−τz) ∓ u_likelihood (1 − p), with − in the foreground and + in the background.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void SetGradient<TPower>(T* z, T* label, T* gradient, int count, double size, double likelihood, double backgroundLikelihood)
        where TPower : IWholePower
    {
        var (one, channel, factor) = (TLanes.Of(1), TLanes.Of(Channel), TLanes.Of(size * TPower.Exponent));
        var (ofForeground, ofBackground) = (TLanes.Of(-likelihood), TLanes.Of(backgroundLikelihood));
        for (var i = 0; i < count; i += TLanes.Count)
        {
            var (labels, logit) = (TLanes.Load(label + i), TLanes.Load(z + i));
            var power = LaneMath<TLanes, T>.Power2(TLanes.Max(logit, -logit), TLanes.Of(-LaneMath<TLanes, T>.Log2E));
            var tempered = LaneMath<TLanes, T>.WholePower<TPower>(power);
            var large = one / (one + tempered);
            var t = SigmoidProbability<TLanes, T>.TruthLogit(logit, labels, channel);
            var oneMinusP = TLanes.SelectLess(t, default, one, power) / (one + power);
            var slope = TLanes.MultiplyAdd(tempered * large * large, factor, oneMinusP * TLanes.SelectEqual(labels, channel, ofForeground, ofBackground));
            TLanes.Store(gradient + i, TLanes.ZeroWhereLess(labels, default, slope));
        }
    }
}

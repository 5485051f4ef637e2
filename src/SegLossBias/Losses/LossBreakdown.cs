using System.Globalization;
using TorchSharp;
using static TorchSharp.torch;

namespace SegLossBias;

/// <summary>A loss and its terms from one evaluation. Disposing it frees all its tensors, the total too.</summary>
/// <example><code>
/// using var terms = loss.Breakdown(logits, target);
/// terms.Total.backward();
/// Console.WriteLine(terms);   // RCE(L1) 0.2031 = CE 0.1820 + 1 × L1 0.0211
/// </code></example>
public sealed class LossBreakdown : IDisposable
{
    internal LossBreakdown(string name, string implementation, IReadOnlyList<LossPart> parts, Tensor total)
    {
        Name = name;
        Implementation = implementation;
        Parts = parts;
        Total = total;
    }

    /// <summary>The name of the loss.</summary>
    public string Name { get; }

    /// <summary>How the region statistics were gathered; see <see cref="RegionStatistics.Implementation"/>. <c>deep supervision</c> or <c>heads</c> where the parts are losses themselves.</summary>
    public string Implementation { get; }

    /// <summary>The terms, the matching term first.</summary>
    public IReadOnlyList<LossPart> Parts { get; }

    /// <summary>The loss itself, differentiable.</summary>
    public Tensor Total { get; }

    /// <summary>Frees all tensors.</summary>
    public void Dispose()
    {
        Total.Dispose();
        foreach (var part in Parts)
        {
            part.Raw.Dispose();
            part.Weighted.Dispose();
        }
    }

    /// <summary>The terms as a sum, such as <c>RCE(L1) 0.2031 = CE 0.1820 + 1 × L1 0.0211</c>. With <c>Reduction.None</c>, means over the images. Waits for the device.</summary>
    public override string ToString()
    {
        var terms = Parts.Select((part, index) => (part.Lambda == 1 && index == 0 ? "" : Invariant($"{part.Lambda:0.####} × ")) + Invariant($"{part.Name} {Value(part.Raw):0.0000}"));
        return Invariant($"{Name} {Value(Total):0.0000} = {string.Join(" + ", terms)}");
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private static double Value(Tensor tensor)
    {
        using var scope = NewDisposeScope();
        return tensor.detach().to(ScalarType.Float32).mean().cpu().item<float>();
    }
}

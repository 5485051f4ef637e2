using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Runtime.CompilerServices;
using TorchSharp;
using static TorchSharp.torch;

namespace SegLossBias;

/// <summary>Class weights: one for each class; in binary mode two, background and foreground; in multilabel mode one for each channel.</summary>
/// <remarks>Plain numbers: a loss with weights has no tensor that must be moved to a device or converted.</remarks>
/// <example><code>new CrossEntropy { Weight = [0.2, 1, 1] }</code></example>
[CollectionBuilder(typeof(ClassWeights), nameof(Of))]
public sealed class ClassWeights : IEnumerable<double>
{
    private readonly double[] _values;

    private ClassWeights(double[] values)
    {
        if (values.Length == 0 || values.Any(value => !(value >= 0 && double.IsFinite(value))))
        {
            throw new ArgumentException($"class weights must be at least one number, finite and not negative, but they are {Shapes.Text(values)}.", nameof(values));
        }

        _values = values;
    }

    /// <summary>The weights in the order of the classes.</summary>
    public IReadOnlyList<double> Values => _values;

    /// <summary>These weights.</summary>
    /// <param name="values">One for each class, ≥ 0.</param>
    /// <exception cref="ArgumentException">There is none, or one is negative or not finite.</exception>
    public static ClassWeights Of(params ReadOnlySpan<double> values) => new(values.ToArray());

    /// <summary>The numbers of a tensor, copied.</summary>
    /// <param name="values">Float, [K], on any device.</param>
    /// <exception cref="ArgumentException">It is no float tensor [K], or a weight is negative or not finite.</exception>
    public static ClassWeights Of(Tensor values)
    {
        ArgumentNullException.ThrowIfNull(values);
        if (values.IsInvalid)
        {
            throw new ArgumentException("class weights must be a live tensor, but it has been disposed.", nameof(values));
        }

        if (values.dim() != 1 || !values.is_floating_point())
        {
            throw new ArgumentException($"class weights must be a float tensor [K] with one weight for each class, but it is {values.dtype} {Shapes.Text(values.shape)}.", nameof(values));
        }

        if (values.is_sparse || values.device_type == DeviceType.META)
        {
            throw new ArgumentException($"class weights must be a dense tensor that holds values, but it is {(values.is_sparse ? "sparse; call to_dense() first" : "on the meta device; make it on a real one")}.", nameof(values));
        }

        using var scope = NewDisposeScope();
        return new(values.detach().to(ScalarType.Float64).cpu().contiguous().data<double>().ToArray());
    }

    /// <summary>These weights.</summary>
    /// <param name="values">One for each class; null for none.</param>
    [return: NotNullIfNotNull(nameof(values))]
    public static implicit operator ClassWeights?(double[]? values) => values is null ? null : Of(values.AsSpan());

    /// <summary>The numbers of a tensor, copied.</summary>
    /// <param name="values">Float, [K]; null for none.</param>
    [return: NotNullIfNotNull(nameof(values))]
    public static implicit operator ClassWeights?(Tensor? values) => values is null ? null : Of(values);

    /// <inheritdoc/>
    public IEnumerator<double> GetEnumerator() => Values.GetEnumerator();

    System.Collections.IEnumerator System.Collections.IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>Such as <c>[0.2, 1, 1]</c>.</summary>
    public override string ToString() => $"[{string.Join(", ", _values.Select(value => value.ToString(CultureInfo.InvariantCulture)))}]";

    /// <param name="of">What each number belongs to: "class", in binary mode background and foreground, or "channel".</param>
    /// <param name="count">How many of these there are.</param>
    /// <param name="what">What the numbers are.</param>
    /// <exception cref="ArgumentException">There are more or fewer numbers.</exception>
    internal void EnsureOneForEach(string of, int count, string what)
    {
        if (_values.Length != count)
        {
            throw new ArgumentException($"there must be {what} for each {of}, {count} in all, but there are {_values.Length}: {this}.");
        }
    }

    internal void EnsureCount(int classes)
    {
        if (_values.Length != classes)
        {
            throw new ArgumentException($"there are {_values.Length} class weights, {this}, but the logits have {classes} classes (in binary mode background and foreground); give one weight for each class.", "weight");
        }
    }
}

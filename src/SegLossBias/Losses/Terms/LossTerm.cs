using System.Diagnostics.CodeAnalysis;

namespace SegLossBias;

/// <summary>
/// A term: a formula with a name and settings. It holds no tensor and has no mode, ignore index or reduction; the
/// <see cref="SegmentationLoss"/> that evaluates it has. Terms are written as a sum: <c>new CrossEntropy() + 0.5 * new Dice()</c>.
/// </summary>
/// <remarks>Derive from <see cref="RegionTerm"/> or <see cref="PixelTerm"/>. A term may be part of several losses.</remarks>
[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicProperties | DynamicallyAccessedMemberTypes.PublicFields | DynamicallyAccessedMemberTypes.NonPublicFields)]
public abstract class LossTerm
{
    private bool? _isFixed;

    private protected LossTerm(string name)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        Name = name;
    }

    /// <summary>The name in logs.</summary>
    public virtual string Name { get; }

    /// <summary>Whether nothing that its formula can read changes: a term of the library, or one whose fields are all fixed numbers, texts, schedules or weights.</summary>
    internal bool IsFixed => _isFixed ??= GetType().Assembly == typeof(LossTerm).Assembly || FixedFields.Has(GetType());

    /// <summary>
    /// The maps of the target whose numbers the term reads as distances; none by default. Where <see cref="DeepSupervision"/> resizes one of
    /// them, its unit must be known, and distances in pixels are scaled.
    /// </summary>
    protected internal virtual IReadOnlyCollection<string> DistanceMaps => [];

    /// <summary>The sum of two terms.</summary>
    public static LossSum operator +(LossTerm left, LossTerm right) => (LossSum)left + right;

    /// <summary>A weighted term.</summary>
    /// <param name="lambda">λ ≥ 0, a number or a schedule over the epochs.</param>
    /// <param name="term">The term.</param>
    public static LossSum operator *(Schedule lambda, LossTerm term) => new([new WeightedTerm(lambda, term)]);

    /// <summary>A weighted term.</summary>
    /// <param name="term">The term.</param>
    /// <param name="lambda">λ ≥ 0, a number or a schedule over the epochs.</param>
    public static LossSum operator *(LossTerm term, Schedule lambda) => lambda * term;

    /// <summary>The name and all settings.</summary>
    public override string ToString() => SettingsText.Of(Name, GetType(), this);
}

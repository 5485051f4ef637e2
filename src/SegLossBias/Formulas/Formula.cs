namespace SegLossBias;

/// <summary>
/// An expression over region statistics. It knows neither numbers nor tensors: on the CPU it is evaluated in plain
/// numbers with a reverse sweep for the gradient, elsewhere in tensors. Immutable; may be shared between threads.
/// </summary>
/// <remarks>
/// A formula has a value for each image n and each region k, or one that does not vary along one of the two. Operands
/// that do not vary are repeated. Two conventions of the field hold: <c>a / b</c> is 0 where b = 0, and
/// <c>XLogY(x, y)</c> is 0 where x = 0. Where a derivative would be infinite it is taken as 0, so that no 0·∞ can arise.
/// </remarks>
/// <example><code>
/// var gap = regions.All.PredictedProportion() - regions.All.TargetProportion();
/// return (gap * gap).Sum(Axis.Classes);
/// </code></example>
public abstract class Formula
{
    private protected Formula(bool isPerImage, int width, Formula[] operands)
    {
        (IsPerImage, Width, Operands) = (isPerImage, width, operands);
        DependsOnLogits = Array.Exists(operands, operand => operand.DependsOnLogits);
        foreach (var operand in operands)
        {
            Depth = Math.Max(Depth, operand.Depth + 1);
        }

        if (Depth > MostDepth)
        {
            throw new InvalidOperationException($"a formula may nest {MostDepth} operations, but this one has more; write sums over images or classes with Sum.");
        }
    }

    /// <summary>Formulas are walked by recursion, which a stack must hold.</summary>
    private const int MostDepth = 1000;

    /// <summary>Operations that follow each other.</summary>
    private int Depth { get; }

    /// <summary>Whether each image has a value of its own.</summary>
    internal bool IsPerImage { get; }

    /// <summary>Regions with a value of their own; 1 where the formula does not vary.</summary>
    internal int Width { get; }

    internal Formula[] Operands { get; }

    /// <summary>Whether a gradient flows through it.</summary>
    internal bool DependsOnLogits { get; private protected init; }

    /// <summary>A number that no value is below; tells tensors where a guard against 0 would be wasted.</summary>
    internal double Least { get; private protected init; } = double.NegativeInfinity;

    /// <summary>A number in a formula.</summary>
    /// <param name="value">The number.</param>
    public static implicit operator Formula(double value) => new ConstantFormula([value], null);

    /// <summary>A number with the symbol by which the text of the formula calls it.</summary>
    /// <param name="value">The number.</param>
    /// <param name="symbol">Such as <c>ε</c>.</param>
    public static Formula Constant(double value, string symbol) => new ConstantFormula([value], symbol);

    /// <summary>a + b.</summary>
    public static Formula operator +(Formula left, Formula right) => Binary(Operation.Add, left, right);

    /// <summary>a − b.</summary>
    public static Formula operator -(Formula left, Formula right) => Binary(Operation.Subtract, left, right);

    /// <summary>a · b.</summary>
    public static Formula operator *(Formula left, Formula right) => Binary(Operation.Multiply, left, right);

    /// <summary>a / b, and 0 with zero gradient where b = 0.</summary>
    public static Formula operator /(Formula left, Formula right) => Binary(Operation.Divide, left, right);

    /// <summary>−a.</summary>
    public static Formula operator -(Formula operand) => Unary(Operation.Negate, operand);

    /// <summary>The larger of both; where they are equal the gradient goes to the first.</summary>
    public static Formula Max(Formula left, Formula right) => Binary(Operation.Max, left, right);

    /// <summary>The smaller of both; where they are equal the gradient goes to the first.</summary>
    public static Formula Min(Formula left, Formula right) => Binary(Operation.Min, left, right);

    /// <summary>|a|, with derivative 0 at 0.</summary>
    public static Formula Abs(Formula operand) => Unary(Operation.Abs, operand);

    /// <summary>ln a; −∞ with zero gradient at 0.</summary>
    public static Formula Log(Formula operand) => Unary(Operation.Log, operand);

    /// <summary>e^a.</summary>
    public static Formula Exp(Formula operand) => Unary(Operation.Exp, operand);

    /// <summary>a^q for a ≥ 0.</summary>
    /// <param name="operand">a.</param>
    /// <param name="exponent">q ≥ 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">q is negative or not finite.</exception>
    public static Formula Power(Formula operand, double exponent) => Power(operand, exponent, symbol: null);

    /// <summary>The same with a symbol for the exponent.</summary>
    internal static Formula Power(Formula operand, double exponent, string? symbol) => exponent is >= 0 and < double.PositiveInfinity
        ? Binary(Operation.Power, operand, new ConstantFormula([exponent], symbol))
        : throw new ArgumentOutOfRangeException(nameof(exponent), exponent, "the exponent of a power must be finite and at least 0; divide by a power for a negative one.");

    /// <summary>x · ln y, and 0 with zero gradient where x = 0.</summary>
    public static Formula XLogY(Formula x, Formula y) => Binary(Operation.XLogY, x, y);

    /// <summary>This formula where the condition is positive, and 0 with zero gradient elsewhere, even for NaN.</summary>
    /// <param name="condition">For example <see cref="RegionSet.ValidSize"/>.</param>
    public Formula Where(Formula condition) => Binary(Operation.Where, this, condition);

    /// <summary>
    /// Like <see cref="Where"/>, but a NaN stays NaN whatever the condition says: leaving a value out must not hide that it is
    /// NaN.
    /// </summary>
    /// <param name="condition">For example <see cref="RegionSet.TargetSize"/>.</param>
    internal Formula WhereCounted(Formula condition) => Binary(Operation.WhereCounted, this, condition);

    /// <summary>1 where <see cref="WhereCounted"/> keeps the value, else 0. Has no gradient.</summary>
    /// <param name="condition">For example <see cref="RegionSet.TargetSize"/>.</param>
    internal Formula IsCounted(Formula condition) => Binary(Operation.IsCounted, this, condition);

    /// <summary>Σ over the images or the regions. A formula with one region is its own sum over the regions.</summary>
    /// <param name="axis">What to sum over.</param>
    /// <exception cref="InvalidOperationException">The images are to be summed, but the formula has no value for each of them.</exception>
    public Formula Sum(Axis axis) => SettingCheck.Defined(axis, nameof(axis)) == Axis.Classes || IsPerImage
        ? new ReductionFormula(this, axis, Reducing.Sum)
        : throw new InvalidOperationException($"a sum over the images needs a value for each of them, but {this} has one for the batch; it is the sum already, or was never one.");

    /// <summary>The mean over the images or the regions. A formula that does not vary along the axis is its own mean.</summary>
    /// <param name="axis">What to average over.</param>
    public Formula Mean(Axis axis) => new ReductionFormula(this, SettingCheck.Defined(axis, nameof(axis)), Reducing.Mean);

    /// <summary>
    /// The largest value over the images or the regions; those that are equal to it share its gradient. A formula that does not
    /// vary along the axis is its own maximum; that of an empty batch is 0.
    /// </summary>
    /// <param name="axis">Along what the largest is sought.</param>
    public Formula Max(Axis axis) => new ReductionFormula(this, SettingCheck.Defined(axis, nameof(axis)), Reducing.Max);

    /// <summary>The same formula, which texts call by a symbol and define once at their end.</summary>
    /// <param name="symbol">Such as <c>p̂</c>.</param>
    public Formula Named(string symbol) => new NamedFormula(this, symbol);

    /// <summary>
    /// A function of tensors of this formula: the one way out where the operations here do not suffice. The loss is then
    /// made of tensor operations.
    /// </summary>
    /// <param name="name">Its name in texts.</param>
    /// <param name="function">From [N, regions], where 1 stands for what does not vary, to the same shape; differentiable.</param>
    public Formula ByTensors(string name, Func<TorchSharp.torch.Tensor, TorchSharp.torch.Tensor> function)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        ArgumentNullException.ThrowIfNull(function);
        return new TensorFormula(name, function, this);
    }

    /// <summary>The formula in mathematical notation, definitions of its symbols last.</summary>
    public override string ToString() => FormulaText.Of(this);

    private static UnaryFormula Unary(Operation operation, Formula operand)
    {
        ArgumentNullException.ThrowIfNull(operand);
        return new UnaryFormula(operation, operand);
    }

    private static BinaryFormula Binary(Operation operation, Formula left, Formula right)
    {
        ArgumentNullException.ThrowIfNull(left);
        ArgumentNullException.ThrowIfNull(right);
        return left.Width == right.Width || left.Width == 1 || right.Width == 1
            ? new BinaryFormula(operation, left, right)
            : throw new ArgumentException($"the operands of a formula must have the same regions, but {left} has {left.Width} and {right} has {right.Width}; read both from the same set of regions, or sum one over Axis.Classes.", nameof(right));
    }
}

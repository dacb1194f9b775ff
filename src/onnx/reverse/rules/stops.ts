/** Operators whose results do not change with small changes of their operands, or are no real numbers. */
export const stops: ReadonlySet<string> = new Set(
  (
    'Constant ConstantOfShape Shape Size Range Floor Ceil Round Sign Equal Greater GreaterOrEqual Less LessOrEqual Not And Or ' +
    'Xor IsNaN IsInf NonZero ArgMax ArgMin OneHot EyeLike RandomNormal RandomUniform RandomNormalLike RandomUniformLike ' +
    'NonMaxSuppression Mod BitShift Unique'
  ).split(' '),
)

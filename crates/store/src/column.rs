//! How plain values stand in columns, the same in SQLite and PostgreSQL.
//!
//! Ids, names and enums are text; documents are JSON in a text column, so that what is read back
//! is byte for byte what was written (PostgreSQL's `jsonb` drops key order and refuses `\u0000`);
//! points in time are microseconds since 1970.

use std::marker::PhantomData;

use jiff::Timestamp;
use sea_orm::{
    ColIdx, DbErr, QueryResult, TryFromU64, TryGetError, TryGetable, Value,
    sea_query::{ArrayType, ColumnType, Nullable, ValueType, ValueTypeErr},
};
use serde::{Serialize, de::DeserializeOwned};

/// A column type and the plain value it stands for.
pub(crate) trait Stored: Sized {
    /// The value outside of this crate.
    type Plain;

    /// The value for the column.
    fn column(plain: Self::Plain) -> Self;

    /// The value from the column.
    fn plain(self) -> Self::Plain;
}

impl Stored for String {
    type Plain = Self;

    /// PostgreSQL has no NUL in texts; the replacement character takes its place.
    fn column(plain: Self) -> Self {
        if plain.contains('\0') { plain.replace('\0', "\u{fffd}") } else { plain }
    }

    fn plain(self) -> Self {
        self
    }
}

impl Stored for bool {
    type Plain = Self;

    fn column(plain: Self) -> Self {
        plain
    }

    fn plain(self) -> Self {
        self
    }
}

impl Stored for i64 {
    type Plain = Self;

    fn column(plain: Self) -> Self {
        plain
    }

    fn plain(self) -> Self {
        self
    }
}

impl<C: Stored> Stored for Option<C> {
    type Plain = Option<C::Plain>;

    fn column(plain: Self::Plain) -> Self {
        plain.map(C::column)
    }

    fn plain(self) -> Self::Plain {
        self.map(C::plain)
    }
}

/// An id, a name or an enum without data: what serde writes as one string.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Text<T>(pub(crate) T);

/// Anything else that serde knows, as JSON.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Doc<T>(pub(crate) T);

/// A point in time, as microseconds since 1970.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct At(pub(crate) Timestamp);

/// An unsigned number; its bits in a signed column, as SQL has no unsigned ones.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Unsigned<T> {
    bits: i64,
    of: PhantomData<T>,
}

impl<T> Stored for Text<T> {
    type Plain = T;

    fn column(plain: T) -> Self {
        Self(plain)
    }

    fn plain(self) -> T {
        self.0
    }
}

impl<T> Stored for Doc<T> {
    type Plain = T;

    fn column(plain: T) -> Self {
        Self(plain)
    }

    fn plain(self) -> T {
        self.0
    }
}

impl Stored for At {
    type Plain = Timestamp;

    fn column(plain: Timestamp) -> Self {
        Self(plain)
    }

    fn plain(self) -> Timestamp {
        self.0
    }
}

macro_rules! unsigned {
    ($($number:ty: $to_bits:expr),*) => {$(
        impl Stored for Unsigned<$number> {
            type Plain = $number;

            fn column(plain: $number) -> Self {
                Self { bits: $to_bits(plain), of: PhantomData }
            }

            fn plain(self) -> $number {
                self.bits as $number
            }
        }
    )*};
}
unsigned!(u8: i64::from, u32: i64::from, u64: u64::cast_signed);

/// A plain value as the text of a [`Text`] column.
pub(crate) fn text_of<T: Serialize>(value: &T) -> Option<String> {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(text)) => Some(text),
        _ => None,
    }
}

/// What every column type needs: to and from the two primitive types that are really stored. A
/// value that cannot be written becomes NULL, which its column refuses.
macro_rules! stored {
    ([$($generics:tt)*] $name:ty as $primitive:ty, $to:expr, $from:expr) => {
        impl<$($generics)*> From<$name> for Value {
            fn from(value: $name) -> Self {
                let to: fn(&$name) -> Option<$primitive> = $to;
                Value::from(to(&value))
            }
        }

        impl<$($generics)*> Nullable for $name {
            fn null() -> Value {
                <$primitive as Nullable>::null()
            }
        }

        impl<$($generics)*> TryGetable for $name {
            fn try_get_by<I: ColIdx>(row: &QueryResult, index: I) -> Result<Self, TryGetError> {
                let stored = <$primitive as TryGetable>::try_get_by(row, index)?;
                let from: fn($primitive) -> Result<$name, String> = $from;
                from(stored).map_err(|error| TryGetError::DbErr(DbErr::Type(error)))
            }
        }

        impl<$($generics)*> ValueType for $name {
            fn try_from(value: Value) -> Result<Self, ValueTypeErr> {
                let stored = <$primitive as ValueType>::try_from(value)?;
                let from: fn($primitive) -> Result<$name, String> = $from;
                from(stored).map_err(|_| ValueTypeErr)
            }

            fn type_name() -> String {
                stringify!($name).to_owned()
            }

            fn array_type() -> ArrayType {
                <$primitive as ValueType>::array_type()
            }

            fn column_type() -> ColumnType {
                <$primitive as ValueType>::column_type()
            }
        }

        impl<$($generics)*> TryFromU64 for $name {
            fn try_from_u64(_: u64) -> Result<Self, DbErr> {
                Err(DbErr::ConvertFromU64(stringify!($name)))
            }
        }
    };
}

stored!([T: Serialize + DeserializeOwned] Text<T> as String, |text| text_of(&text.0), |stored| {
    serde_json::from_value(serde_json::Value::String(stored))
        .map(Text)
        .map_err(|error| error.to_string())
});
stored!([T: Serialize + DeserializeOwned] Doc<T> as String,
    |doc| serde_json::to_string(&doc.0).ok(),
    |stored| serde_json::from_str(&stored).map(Doc).map_err(|error| error.to_string())
);
stored!([] At as i64, |at| Some(at.0.as_microsecond()), |stored| {
    Timestamp::from_microsecond(stored).map(At).map_err(|error| error.to_string())
});
stored!([T] Unsigned<T> as i64, |number| Some(number.bits), |bits| {
    Ok(Unsigned { bits, of: PhantomData })
});

/// `at` as it is stored, for comparisons in queries.
pub(crate) fn micros(at: Timestamp) -> i64 {
    at.as_microsecond()
}

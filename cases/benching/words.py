"""Words to make data of: names in both scripts, which mean the same, and sentences of usual and rare words."""

from __future__ import annotations

# Given and family names and places, in Latin letters and in Arabic.
PEOPLE = (
    ("Ahmad", "أحمد"), ("Mahmud", "محمود"), ("Khalid", "خالد"), ("Fatima", "فاطمة"), ("Samir", "سمير"), ("Nadia", "نادية"),
    ("Yusuf", "يوسف"), ("Maryam", "مريم"), ("Hassan", "حسن"), ("Zaynab", "زينب"), ("Ibrahim", "إبراهيم"), ("Rashid", "رشيد"),
    ("Tariq", "طارق"), ("Layla", "ليلى"), ("Mustafa", "مصطفى"), ("Salma", "سلمى"), ("Bashir", "بشير"), ("Jamil", "جميل"),
    ("Karim", "كريم"), ("Rafiq", "رفيق"), ("Sadiq", "صادق"), ("Nasir", "ناصر"), ("Habib", "حبيب"), ("Munir", "منير"),
    ("Faysal", "فيصل"), ("Ghassan", "غسان"), ("Dawud", "داوود"), ("Sulayman", "سليمان"), ("Butrus", "بطرس"), ("Jirjis", "جرجس"),
    ("Hamza", "حمزة"), ("Qasim", "قاسم"), ("Shakir", "شاكر"), ("Zakariya", "زكريا"), ("Wadad", "وداد"), ("Thabit", "ثابت"),
)  # fmt: skip
PLACES = (
    ("Saydnaya", "صيدنايا"), ("Tadmur", "تدمر"), ("Daraa", "درعا"), ("Duma", "دوما"), ("Manbij", "منبج"), ("Raqqa", "الرقة"),
    ("Qamishli", "القامشلي"), ("Salamiya", "سلمية"), ("Masyaf", "مصياف"), ("Zabadani", "الزبداني"), ("Tartus", "طرطوس"),
    ("Jarabulus", "جرابلس"), ("Nubul", "نبل"), ("Kafranbil", "كفرنبل"), ("Saraqib", "سراقب"), ("Talbisa", "تلبيسة"),
)  # fmt: skip
SENTENCES_EN = (
    "Residents told a local network that shelling began after the evening prayer and did not stop until morning.",
    "Two former detainees say that guards took men from the cells on Tuesdays, and that none of them came back.",
    "A ministry denied that any of its units had been in the area on that day and called the report fabricated.",
    "According to the hospital, most of the wounded were women and children who had looked for shelter in a school.",
    "A video published the same day shows smoke above the market; its place was confirmed from the minaret behind it.",
    "The families were given death certificates without a date, and were told not to hold a funeral in public.",
    "Witnesses describe a helicopter circling above the quarter shortly before the first explosion was heard.",
    "A list of names was read out at the gate; those who were called had to leave their belongings behind.",
    "The commission could not visit the site and relied on interviews, satellite images and documents handed to it.",
    "An officer who defected later says that the order came by telephone and was never written down.",
)
SENTENCES_AR = (
    "قال سكان إن القصف بدأ بعد صلاة المغرب ولم يتوقف حتى الصباح.",
    "ذكر معتقلان سابقان أن الحراس أخرجوا رجالا من الزنازين ولم يعد منهم أحد.",
    "نفت وزارة الدفاع وجود أي من وحداتها في المنطقة ذلك اليوم.",
    "وفقا للمستشفى كان معظم الجرحى من النساء والأطفال الذين لجؤوا إلى مدرسة.",
    "يظهر تسجيل مصور نشر في اليوم نفسه دخانا فوق السوق.",
    "سلمت العائلات شهادات وفاة بلا تاريخ وطلب منها ألا تقيم عزاء علنيا.",
)
RARE = ("phosphorus", "mukhabarat", "barrel bomb", "sarin", "crematorium")  # each in one narrative of 1,000
